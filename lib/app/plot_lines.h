#pragma once

#include <string>
#include <vector>

#include "app/svg.h"

namespace mtlkit {

// One line of a plot; points with NaN are left out.
struct PlotSeries {
  std::string name;
  std::vector<double> x;
  std::vector<double> y;
  // Faint ones behind it, in its colour: what it is the mean of.
  std::vector<PlotSeries> members = {};
};

struct LinePlot {
  std::string title = {};
  std::string x_name = {};
  std::vector<PlotSeries> series = {};
  double marked_x = 0;      // a line upright there, if above 0
  std::string mark = {};    // what it is
  bool may_be_log = false;  // the upright axis, where values span much
  bool x_is_whole = true;   // epochs and steps are
};

// Draws axes and lines into a part of a drawing. Up to eight series have
// colours and their names at their ends; of more all are grey, with their
// median in colour, since no eye tells more apart. Long series are drawn as
// means of neighbours.
void DrawLines(const LinePlot& plot, const SvgBox& box, Svg* svg);

}  // namespace mtlkit
