#include <cmath>

#include "data/heads/merge_members.h"
#include "data/heads/ordered_classes.h"
#include "data/output_distance.h"

namespace mtlkit {
namespace {

// Shi, Cao and Raschka, "Deep neural networks for rank-consistent ordinal
// regression based on conditional probabilities" (CORN), 2021: output k of K -
// 1 is the logit of P(y > k | y >= k), so the chain rule gives P(y > k), which
// falls in k whatever the network says. The predicted class is the number of k
// with P(y > k) > 1/2: the median.
class OrdinalHead final : public OrderedHead {
 public:
  void Link(const Task& /*task*/, ConstMatView outputs,
            MatView predictions) const override {
    assert(predictions.cols == outputs.cols + 1);
    for (Index row = 0; row < outputs.rows; ++row) {
      const Real* z = outputs.Row(row);
      Real* p = predictions.Row(row);
      Real at_least = 1;
      for (Index k = 0; k < outputs.cols; ++k) {
        p[k] = at_least * Sigmoid(-z[k]);
        at_least *= Sigmoid(z[k]);
      }
      p[outputs.cols] = at_least;
    }
  }
  void SoftTargets(const Task& /*task*/, ConstMatView outputs,
                   MatView targets) const override {
    for (Index row = 0; row < outputs.rows; ++row) {
      Real higher = 1;
      for (Index k = 0; k < outputs.cols; ++k) {
        higher *= Sigmoid(outputs(row, k));
        targets(row, k) = higher;
      }
    }
  }

  const OutputDistance& distance() const override {
    return ContinuationDistance();
  }

  // The logits of "higher still" that go with the mean probabilities of the
  // classes.
  void Merge(const Task& /*task*/, ConstMatView outputs,
             MatView merged) const override {
    const Index members = MembersOf(outputs, merged);
    for (Index row = 0; row < merged.rows; ++row) {
      const std::span<Real> sums = {merged.Row(row), At(merged.cols)};
      std::ranges::fill(sums, Real(0));
      double highest = 0;
      for (Index m = row * members; m < (row + 1) * members; ++m) {
        double at_least = 1;
        for (Index k = 0; k < merged.cols; ++k) {
          const auto z = static_cast<double>(outputs(m, k));
          sums[At(k)] += static_cast<Real>(at_least * YesOfLogit(-z));
          at_least *= YesOfLogit(z);
        }
        highest += at_least;
      }
      for (Index k = merged.cols; k-- > 0;) {
        const auto here = static_cast<double>(sums[At(k)]);
        sums[At(k)] = static_cast<Real>(LogOfMean(highest) - LogOfMean(here));
        highest += here;
      }
    }
  }

  std::vector<std::vector<Real>> ConstantOutputs(
      const Task& /*task*/, std::span<const double> constants) const override {
    std::vector<Real> row(constants.size() - 1);
    double higher = 0;
    for (std::size_t k = row.size(); k-- > 0;) {
      higher += constants[k + 1];
      row[k] = static_cast<Real>(LogOfShare(higher) - LogOfShare(constants[k]));
    }
    return {row};
  }

 private:
  static Real Sigmoid(Real z) {
    const Real small = std::exp(-std::abs(z));
    return z >= 0 ? 1 / (1 + small) : small / (1 + small);
  }
};

constexpr OrdinalHead kOrdinalForm{};

}  // namespace

extern const HeadEntry kOrdinalHead;
const HeadEntry kOrdinalHead = {
    "ordinal",
    "one of several classes in order; a network puts out the logit of "
    "\"higher still\" at each but the highest (CORN, Shi et al. 2021)",
    {.has_classes = true,
     .one_class = true,
     .is_ordered = true,
     .storage = LabelStorage::kCodes,
     .default_loss = "corn",
     .main_metric = "rank-mae"},
    kOrdinalForm};

}  // namespace mtlkit
