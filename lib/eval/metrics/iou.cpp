#include <limits>

#include "eval/map_overlap.h"

namespace mtlkit {
namespace {

double Iou(const MapCounts& counts, Index k) {
  return counts.Both(k) /
         (counts.True(k) + counts.Predicted(k) - counts.Both(k));
}

double OfImage(const MapCounts& counts) {
  return MeanOverlap(counts, Iou);
}

std::unique_ptr<Metric> PrepareIou(const MetricRows& maps) {
  return MeanOverImages(maps, OfImage);
}

}  // namespace

extern const MetricEntry kIou;
const MetricEntry kIou = {
    MakeEntry<PrepareIou>(
        "iou",
        "|A and B| / |A or B| of the pixels of the true and the predicted "
        "lesion; mean over images with a lesion, of several classes first over "
        "those that an image has (Jaccard 1912)"),
    "IoU",
    true,
    1.0,
    HasMaps,
    false,
    {.worst = 0}};

}  // namespace mtlkit
