#include "eval/map_overlap.h"

namespace mtlkit {
namespace {

double Dice(const MapCounts& counts, Index k) {
  return 2 * counts.Both(k) / (counts.True(k) + counts.Predicted(k));
}

}  // namespace

extern const MetricEntry kDice;
const MetricEntry kDice = {
    MakeEntry<PrepareOverlap<Dice>>(
        "dice",
        "2 |A and B| / (|A| + |B|) of the pixels of the true and the predicted "
        "lesion; mean over images with a lesion, of several classes first over "
        "those that an image has (Dice 1945)"),
    "Dice",
    true,
    1.0,
    HasMaps,
    false,
    {.worst = 0}};

}  // namespace mtlkit
