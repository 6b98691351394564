#include <limits>

#include "eval/confusion.h"

namespace mtlkit {
namespace {

double BalancedAccuracy(const Confusion& confusion) {
  double recalls = 0;
  int present = 0;
  for (Index i = 0; i < confusion.classes; ++i) {
    const double size = confusion.Truth(i);
    if (size <= 0) continue;
    recalls += confusion.At(i, i) / size;
    ++present;
  }
  return present > 0 ? recalls / present
                     : std::numeric_limits<double>::quiet_NaN();
}

std::unique_ptr<Metric> PrepareBalancedAccuracy(const MetricRows& rows) {
  return FromConfusion(rows, BalancedAccuracy);
}

}  // namespace

extern const MetricEntry kBalancedAccuracy;
const MetricEntry kBalancedAccuracy = {
    MakeEntry<PrepareBalancedAccuracy>("balanced-accuracy",
                                       "mean recall of the classes that occur"),
    "balanced acc.", true, 1.0, HasOneClass};

}  // namespace mtlkit
