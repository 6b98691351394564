#include <limits>

#include "eval/confusion.h"

namespace mtlkit {
namespace {

double BalancedAccuracy(const ClassCounts& counts) {
  double recalls = 0;
  int present = 0;
  for (Index i = 0; i < counts.classes(); ++i) {
    const double size = counts.Truth(i);
    if (size <= 0) continue;
    recalls += counts.Hits(i) / size;
    ++present;
  }
  return present > 0 ? recalls / present
                     : std::numeric_limits<double>::quiet_NaN();
}

std::unique_ptr<Metric> PrepareBalancedAccuracy(const MetricRows& rows) {
  return FromClassCounts(rows, BalancedAccuracy);
}

}  // namespace

extern const MetricEntry kBalancedAccuracy;
const MetricEntry kBalancedAccuracy = {
    MakeEntry<PrepareBalancedAccuracy>("balanced-accuracy",
                                       "mean recall of the classes that occur"),
    "balanced acc.",
    true,
    1.0,
    HasOneClass,
    false,
    {.worst = 0, .decides = true}};

}  // namespace mtlkit
