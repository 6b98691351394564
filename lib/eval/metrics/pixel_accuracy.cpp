#include <limits>

#include "eval/map_overlap.h"

namespace mtlkit {
namespace {

double OfImage(const MapCounts& counts) {
  double right = 0;
  for (Index k = 0; k < counts.classes(); ++k) right += counts.Both(k);
  return right / counts.known();  // 0/0: NaN, undefined
}

std::unique_ptr<Metric> PreparePixelAccuracy(const MetricRows& maps) {
  return MeanOverImages(maps, OfImage);
}

}  // namespace

extern const MetricEntry kPixelAccuracy;
const MetricEntry kPixelAccuracy = {
    MakeEntry<PreparePixelAccuracy>(
        "pixel-accuracy",
        "share of pixels whose class is predicted; mean over images"),
    "pixel accuracy",
    true,
    1.0,
    HasMaps,
    false,
    {.worst = 0}};

}  // namespace mtlkit
