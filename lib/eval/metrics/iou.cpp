#include "eval/map_overlap.h"

namespace mtlkit {
namespace {

double Iou(const MapCounts& counts, Index k) {
  return counts.Both(k) /
         (counts.True(k) + counts.Predicted(k) - counts.Both(k));
}

}  // namespace

extern const MetricEntry kIou;
const MetricEntry kIou = {
    MakeEntry<PrepareOverlap<Iou>>(
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
