#include "eval/deviance.h"

namespace mtlkit {
namespace {

std::unique_ptr<Metric> PreparePoissonDeviance(const MetricRows& rows) {
  return MeanDeviance(rows, Variance::kPoisson);
}

}  // namespace

extern const MetricEntry kPoissonDeviance;
const MetricEntry kPoissonDeviance = {
    MakeEntry<PreparePoissonDeviance>(
        "poisson-deviance",
        "mean of 2 (p - y + y log(y / p)), which the mean makes least whatever "
        "the distribution is; mean over columns (McCullagh and Nelder 1989)"),
    "Poisson deviance", false, 0.0, HasPositive};

}  // namespace mtlkit
