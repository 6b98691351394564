#include <algorithm>

#include "cotrain/aggregate.h"

namespace mtlkit {
namespace {

// Yin, Chen, Ramchandran and Bartlett, "Byzantine-robust distributed learning:
// towards optimal statistical rates", 2018, option I: number by number the
// median; of an even number of peers the mean of the two in the middle.
class MedianAggregate : public Aggregate {
 public:
  double Combine(std::span<const double> values,
                 std::span<const double> /*shares*/) const override {
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    const std::size_t middle = sorted.size() / 2;
    if (sorted.size() % 2 == 1) return sorted[middle];
    return (sorted[middle - 1] + sorted[middle]) / 2;
  }
  Index least_peers() const override { return 3; }
};

}  // namespace

extern const AggregateEntry kMedianAggregate;
const AggregateEntry kMedianAggregate = MakeEntry<MedianAggregate>(
    "median", "number by number the median (Yin et al. 2018)");

}  // namespace mtlkit
