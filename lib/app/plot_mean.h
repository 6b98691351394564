#pragma once

#include <string>
#include <vector>

#include "app/plot_lines.h"

namespace mtlkit {

// One line for what several networks have, at the same places each, in their
// order: their mean as far as all of them go, with their own lines behind it,
// of many every so many. Of one it is that line; of none it has no points.
PlotSeries MeanSeries(const std::string& name, std::vector<PlotSeries> lines);

}  // namespace mtlkit
