// Ordered classes by the logits of P(y > k), one for each class but the
// highest: a score less thresholds that all rows have in common.
#include <cmath>

#include "data/heads/merge_members.h"
#include "data/heads/ordered_classes.h"
#include "data/output_distance.h"

namespace mtlkit {
namespace {

// Free thresholds ascend at the optimum (Cao, Mirjalili and Raschka, theorem
// 1), but may not before: P(y > k) that rise in k are put in falling order,
// which never moves them away from the true ones (Chernozhukov, Fernandez-Val
// and Galichon, "Quantile and probability curves without crossing", 2010).
class CumulativeHead final : public OrderedHead {
 public:
  void Link(const Task& /*task*/, ConstMatView outputs,
            MatView predictions) const override {
    assert(predictions.cols == outputs.cols + 1);
    for (Index row = 0; row < outputs.rows; ++row) {
      Real* p = predictions.Row(row);
      std::copy_n(outputs.Row(row), outputs.cols, p + 1);
      std::sort(p + 1, p + predictions.cols, std::greater<>());
      double at_least = 1;
      double below = 0;  // 1 - at_least, with all its digits
      for (Index k = 0; k < outputs.cols; ++k) {
        const auto z = static_cast<double>(p[k + 1]);
        const double higher = YesOfLogit(z);
        const double lower = YesOfLogit(-z);
        const double here = z > 0 ? lower - below : at_least - higher;
        p[k] = static_cast<Real>(std::max(here, 0.0));
        at_least = higher;
        below = lower;
      }
      p[outputs.cols] = static_cast<Real>(at_least);
    }
  }
  void SoftTargets(const Task& /*task*/, ConstMatView outputs,
                   MatView targets) const override {
    ApplySigmoid(outputs, targets);
  }
  const OutputDistance& distance() const override { return LogitDistance(); }

  // The logits of the mean P(y > k), each member's in order.
  void Merge(const Task& /*task*/, ConstMatView outputs,
             MatView merged) const override {
    const Index members = MembersOf(outputs, merged);
    for (Index row = 0; row < merged.rows; ++row) {
      for (Index k = 0; k < merged.cols; ++k) {
        double yes = 0;
        double no = 0;
        for (Index m = row * members; m < (row + 1) * members; ++m) {
          const double z = static_cast<double>(
              LargestBut(k, {outputs.Row(m), At(outputs.cols)}));
          yes += YesOfLogit(z);
          no += YesOfLogit(-z);
        }
        merged(row, k) = static_cast<Real>(LogOfMean(yes) - LogOfMean(no));
      }
    }
  }

  std::vector<std::vector<Real>> ConstantOutputs(
      const Task& /*task*/, std::span<const double> constants) const override {
    std::vector<Real> row(constants.size() - 1);
    double higher = 0;
    for (std::size_t k = row.size(); k-- > 0;) {
      higher += constants[k + 1];
      row[k] = static_cast<Real>(LogOfShare(higher) - LogOfShare(1 - higher));
    }
    return {row};
  }

 private:
  // The k + 1st largest, without memory for a sorted copy: classes are few.
  static Real LargestBut(Index k, std::span<const Real> z) {
    for (std::size_t i = 0; i < z.size(); ++i) {
      Index larger = 0;
      for (std::size_t j = 0; j < z.size(); ++j) {
        larger += z[j] > z[i] || (z[j] == z[i] && j < i) ? 1 : 0;
      }
      if (larger == k) return z[i];
    }
    return z[At(k)];
  }
};

constexpr CumulativeHead kCumulativeForm{};

constexpr HeadTraits CumulativeTraits(Thresholds thresholds,
                                      std::string_view loss) {
  return {.has_classes = true,
          .one_class = true,
          .is_ordered = true,
          .is_type = false,
          .storage = LabelStorage::kCodes,
          .default_loss = loss,
          .main_metric = "rank-mae",
          .thresholds = thresholds};
}

}  // namespace

extern const HeadEntry kCoralHead;
const HeadEntry kCoralHead = {
    "coral",
    "ordered classes, as the loss coral asks for; a network puts out a score "
    "plus a bias for each class but the highest",
    CumulativeTraits(Thresholds::kFree, "coral"), kCumulativeForm};

extern const HeadEntry kCumulativeLinkHead;
const HeadEntry kCumulativeLinkHead = {
    "cumulative-link",
    "ordered classes, as the loss of that name asks for; a network puts out a "
    "score less thresholds that ascend",
    CumulativeTraits(Thresholds::kOrdered, "cumulative-link"), kCumulativeForm};

}  // namespace mtlkit
