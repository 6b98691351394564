#include <cmath>
#include <limits>

#include "eval/row_mean.h"

namespace mtlkit {
namespace {

std::unique_ptr<Metric> PrepareHammingLoss(const MetricRows& rows) {
  return MeanOverCells(rows, [](double y, double p) {
    return (y > 0.5) != (p > 0.5) ? 1.0 : 0.0;
  });
}

}  // namespace

extern const MetricEntry kHammingLoss;
const MetricEntry kHammingLoss = {
    MakeEntry<PrepareHammingLoss>(
        "hamming-loss",
        "share of labels that are predicted wrongly at a "
        "probability of 1/2; mean "
        "over labels"),
    "Hamming loss",
    false,
    0.0,
    HasLabelSets,
    false,
    {.worst = 1, .decides = true}};

}  // namespace mtlkit
