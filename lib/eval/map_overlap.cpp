#include "eval/map_overlap.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "eval/row_mean.h"

namespace mtlkit {
namespace {

std::size_t PredictedOf(const double* output, Index each) {
  if (each == 1) return output[0] > 0.5 ? 1 : 0;
  return static_cast<std::size_t>(std::max_element(output, output + each) -
                                  output);
}

}  // namespace

MapCounts::MapCounts(const MetricRows& maps, Index row) {
  const Index pixels = maps.target_cols;
  const Index each = maps.output_cols / pixels;
  const std::size_t classes = each == 1 ? 2 : At(each);
  for (auto* counts : {&true_, &predicted_, &both_}) counts->assign(classes, 0);
  const double* y = maps.y.data() + row * pixels;
  const double* output = maps.output.data() + row * maps.output_cols;
  for (Index i = 0; i < pixels; ++i) {
    if (std::isnan(y[i])) continue;
    const auto truth = static_cast<std::size_t>(y[i]);
    const std::size_t said = PredictedOf(output + i * each, each);
    true_[truth] += 1;
    predicted_[said] += 1;
    if (truth == said) both_[truth] += 1;
    known_ += 1;
  }
}

double MeanOverlap(const MapCounts& counts,
                   double (*overlap)(const MapCounts&, Index)) {
  double sum = 0;
  double present = 0;
  for (Index k = 1; k < counts.classes(); ++k) {
    if (counts.True(k) == 0) continue;
    sum += overlap(counts, k);
    present += 1;
  }
  return present > 0 ? sum / present : std::numeric_limits<double>::quiet_NaN();
}

std::unique_ptr<Metric> MeanOverImages(const MetricRows& maps,
                                       double (*of_image)(const MapCounts&)) {
  return MeanOverRows(
      maps, [&](Index row) { return of_image(MapCounts(maps, row)); });
}

}  // namespace mtlkit
