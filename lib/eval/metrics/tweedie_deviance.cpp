#include "eval/deviance.h"

namespace mtlkit {
namespace {

std::unique_ptr<Metric> PrepareTweedieDeviance(const MetricRows& rows) {
  return MeanDeviance(rows, Variance::kTweedie);
}

}  // namespace

extern const MetricEntry kTweedieDeviance;
const MetricEntry kTweedieDeviance = {
    MakeEntry<PrepareTweedieDeviance>(
        "tweedie-deviance",
        "mean of 4 (sqrt(y) - sqrt(p))^2 / sqrt(p), the deviance where the "
        "variance is the mean to the power 1.5; mean over columns (Jorgensen "
        "1997)"),
    "Tweedie deviance", false, 0.0, HasPositive};

}  // namespace mtlkit
