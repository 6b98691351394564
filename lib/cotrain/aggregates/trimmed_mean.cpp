#include <algorithm>
#include <cmath>
#include <numeric>

#include "cotrain/aggregate.h"

namespace mtlkit {
namespace {

struct TrimmedMeanAggregateOptions {
  double part = 0.2;
  void Describe(Fields& field) {
    field("part", part,
          "of the peers that are left out at each end, for each number",
          Range{0.0, 0.5, false, true});
  }
};

// Yin, Chen, Ramchandran and Bartlett, "Byzantine-robust distributed learning:
// towards optimal statistical rates", 2018, option II: number by number the
// mean without the `part` of the peers that say least, and that say most.
class TrimmedMeanAggregate : public Aggregate {
 public:
  explicit TrimmedMeanAggregate(const TrimmedMeanAggregateOptions& options)
      : part_(options.part) {}
  double Combine(std::span<const double> values,
                 std::span<const double> /*shares*/) const override {
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    // A hair more, so that .2 of 5 peers are 1.
    const auto cut = static_cast<std::ptrdiff_t>(
        std::floor(part_ * static_cast<double>(sorted.size()) + 1e-9));
    const double sum =
        std::accumulate(sorted.begin() + cut, sorted.end() - cut, 0.0);
    return sum / static_cast<double>(std::ssize(sorted) - 2 * cut);
  }
  // With fewer, none is left out.
  Index least_peers() const override {
    return part_ > 0 ? static_cast<Index>(std::ceil(1 / part_ - 1e-9)) : 1;
  }

 private:
  double part_;
};

}  // namespace

extern const AggregateEntry kTrimmedMeanAggregate;
const AggregateEntry kTrimmedMeanAggregate =
    MakeEntry<TrimmedMeanAggregate, TrimmedMeanAggregateOptions>(
        "trimmed-mean",
        "number by number the mean without both ends (Yin et al. 2018)");

}  // namespace mtlkit
