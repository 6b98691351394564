#pragma once

#include <memory>
#include <span>

#include "eval/metric.h"

namespace mtlkit {

// A metric that is the weighted mean of a number of each target cell: of y and
// of the quantiles that are predicted for it at `levels`, ascending; those of a
// normal distribution are taken at 0.1, 0.5 and 0.9. Cells without y are left
// out; columns are averaged.
std::unique_ptr<Metric> MeanOverQuantiles(
    const MetricRows& rows,
    double (*cell_value)(double y, std::span<const double> quantiles,
                         std::span<const double> levels));

}  // namespace mtlkit
