#include "eval/deviance.h"

namespace mtlkit {
namespace {

std::unique_ptr<Metric> PrepareTweedieD2(const MetricRows& rows) {
  return DevianceShare(rows, Variance::kTweedie);
}

}  // namespace

extern const MetricEntry kTweedieD2;
const MetricEntry kTweedieD2 = {
    MakeEntry<PrepareTweedieD2>(
        "tweedie-d2",
        "1 - tweedie-deviance / that of the mean of the evaluated labels: the "
        "share explained; mean over columns"),
    "Tweedie D2", true, 1.0, HasPositive};

}  // namespace mtlkit
