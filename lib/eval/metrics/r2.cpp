#include "eval/variance_share.h"

namespace mtlkit {
namespace {

std::unique_ptr<Metric> PrepareR2(const MetricRows& rows) {
  return ShareOfVariance(rows, [](const Moments& moments) {
    return moments.ShareWithout(moments.error_square);
  });
}

}  // namespace

extern const MetricEntry kR2;
const MetricEntry kR2 = {
    MakeEntry<PrepareR2>(
        "r2",
        "1 - squared error / squared deviation from the mean of the evaluated "
        "labels; mean over columns"),
    "R2", true, 1.0, HasNumbers};

}  // namespace mtlkit
