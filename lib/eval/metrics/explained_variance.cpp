#include "eval/variance_share.h"

namespace mtlkit {
namespace {

std::unique_ptr<Metric> PrepareExplainedVariance(const MetricRows& rows) {
  return ShareOfVariance(rows, [](const Moments& moments) {
    return moments.ShareWithout(moments.ErrorSpread());
  });
}

}  // namespace

extern const MetricEntry kExplainedVariance;
const MetricEntry kExplainedVariance = {
    MakeEntry<PrepareExplainedVariance>("explained-variance",
                                        "1 - variance of the error / variance "
                                        "of the labels; mean over columns"),
    "expl. variance", true, 1.0, HasNumbers};

}  // namespace mtlkit
