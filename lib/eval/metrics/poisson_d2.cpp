#include "eval/deviance.h"

namespace mtlkit {
namespace {

std::unique_ptr<Metric> PreparePoissonD2(const MetricRows& rows) {
  return DevianceShare(rows, Variance::kPoisson);
}

}  // namespace

extern const MetricEntry kPoissonD2;
const MetricEntry kPoissonD2 = {
    MakeEntry<PreparePoissonD2>(
        "poisson-d2",
        "1 - poisson-deviance / that of the mean of the evaluated labels: the "
        "share explained; mean over columns"),
    "Poisson D2", true, 1.0, HasPositive};

}  // namespace mtlkit
