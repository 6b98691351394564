#include "app/plot_mean.h"

#include <algorithm>
#include <utility>

namespace mtlkit {
namespace {

// More than these behind a line are a blot, and make a large file.
constexpr std::size_t kMostMembers = 40;

}  // namespace

PlotSeries MeanSeries(const std::string& name, std::vector<PlotSeries> lines) {
  PlotSeries mean{name, {}, {}};
  if (lines.empty()) return mean;
  if (lines.size() == 1) {
    lines[0].name = name;
    return std::move(lines[0]);
  }
  std::size_t points = lines[0].y.size();
  for (const PlotSeries& line : lines) points = std::min(points, line.y.size());
  for (std::size_t i = 0; i < points; ++i) {
    double sum = 0;
    for (const PlotSeries& line : lines) sum += line.y[i];
    mean.x.push_back(lines[0].x[i]);
    mean.y.push_back(sum / static_cast<double>(lines.size()));
  }
  const std::size_t every = (lines.size() + kMostMembers - 1) / kMostMembers;
  for (std::size_t i = 0; i < lines.size(); i += every) {
    mean.members.push_back(std::move(lines[i]));
  }
  return mean;
}

}  // namespace mtlkit
