#include "eval/variance_share.h"

namespace mtlkit {

extern const MetricEntry kExplainedVariance;
const MetricEntry kExplainedVariance = {
    "explained-variance",
    "expl. variance",
    "1 - variance of the error / variance of the labels; mean over columns",
    true,
    1.0,
    HasNumbers,
    [](const MetricRows& rows) {
      return ShareOfVariance(
          rows, [](const Moments& moments) { return moments.ErrorSpread(); });
    }};

}  // namespace mtlkit
