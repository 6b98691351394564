#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/svg.h"
#include "base/view.h"

namespace mtlkit {

// A table of numbers as colours.
struct HeatMap {
  std::string title;
  std::vector<std::string> rows;
  std::vector<std::string> cols;
  std::function<double(Index, Index)> value;  // NaN: nothing is known
  // -1 .. 1 around white, or 0 .. 1 from white.
  bool has_signs = true;
  std::string low;  // what the ends of the scale mean
  std::string high;
};

// How high it is drawn at this width.
double HeatMapHeight(const HeatMap& map, double width);
// Small tables have names and numbers in their cells, large ones colours only.
void DrawHeatMap(const HeatMap& map, const SvgBox& box, Svg* svg);

}  // namespace mtlkit
