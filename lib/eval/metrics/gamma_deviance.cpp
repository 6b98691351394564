#include "eval/deviance.h"

namespace mtlkit {
namespace {

std::unique_ptr<Metric> PrepareGammaDeviance(const MetricRows& rows) {
  return MeanDeviance(rows, Variance::kGamma);
}

}  // namespace

extern const MetricEntry kGammaDeviance;
const MetricEntry kGammaDeviance = {
    MakeEntry<PrepareGammaDeviance>(
        "gamma-deviance",
        "mean of 2 (log(p / y) + y / p - 1), of labels above 0: relative "
        "errors "
        "count; mean over columns (McCullagh and Nelder 1989)"),
    "gamma deviance", false, 0.0, HasPositive};

}  // namespace mtlkit
