#include "data/heads/value_head.h"

namespace mtlkit {
namespace {

// One output: a score, whose order within a group of rows is all that counts.
// Labels are degrees of relevance, learned as they are.
class RankingHead final : public ValueHead {
 public:
  std::string Fault(const Task& task) const override {
    if (task.width != 1) {
      return Str(" is ranking and has ", task.width, " columns");
    }
    return ValueHead::Fault(task);
  }
  std::string Describe(const Task& /*task*/) const override {
    return "ranking";
  }
  std::string PredictionSuffix(const Task& /*task*/,
                               Index /*col*/) const override {
    return ".score";
  }
  void Link(const Task& task, ConstMatView outputs,
            MatView predictions) const override {
    Copy(outputs, predictions);
    ToUnits(task, 1, predictions);
  }
  bool merges() const override { return true; }
  void Merge(const Task& /*task*/, ConstMatView outputs,
             MatView merged) const override {
    MergeValues(outputs, merged);
  }
  std::vector<std::vector<Real>> ConstantOutputs(
      const Task& task, std::span<const double> constants) const override {
    return {Normalised(task, 1, constants.first(1)),
            Normalised(task, 1, constants.last(1))};
  }
};

constexpr RankingHead kRankingForm{};

}  // namespace

extern const HeadEntry kRankingHead;
const HeadEntry kRankingHead = {
    "ranking",
    "degrees of relevance, from 0 on, of the rows of a group (mtl-prep "
    "--group); a network puts out a score that puts them in order",
    {.scales_labels = false,
     .least_label = 0,
     .default_loss = "pairwise-logistic",
     .main_metric = "ndcg@10",
     .is_ranking = true},
    kRankingForm};

}  // namespace mtlkit
