#include <limits>

#include "eval/map_overlap.h"

namespace mtlkit {
namespace {

double OfImage(const MapCounts& counts) {
  if (counts.known() == 0 || counts.HasLesion()) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return counts.IsEmpty() ? 1 : 0;
}

std::unique_ptr<Metric> PrepareEmptyShare(const MetricRows& maps) {
  return MeanOverImages(maps, OfImage);
}

}  // namespace

extern const MetricEntry kEmptyShare;
const MetricEntry kEmptyShare = {
    MakeEntry<PrepareEmptyShare>(
        "empty-share",
        "share of images without a lesion of which none is predicted"),
    "left empty",
    true,
    1.0,
    HasMaps,
    false,
    {.worst = 0}};

}  // namespace mtlkit
