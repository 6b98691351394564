#include "eval/deviance.h"

namespace mtlkit {
namespace {

std::unique_ptr<Metric> PrepareGammaD2(const MetricRows& rows) {
  return DevianceShare(rows, Variance::kGamma);
}

}  // namespace

extern const MetricEntry kGammaD2;
const MetricEntry kGammaD2 = {
    MakeEntry<PrepareGammaD2>("gamma-d2",
                              "1 - gamma-deviance / that of the mean of the "
                              "evaluated labels, of labels above 0: the "
                              "share explained; mean over columns"),
    "gamma D2", true, 1.0, HasPositive};

}  // namespace mtlkit
