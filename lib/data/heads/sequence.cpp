#include <algorithm>
#include <cmath>

#include "data/heads/softmax_head.h"

namespace mtlkit {
namespace {

// A text that is made of another, token by token (Sutskever, Vinyals and Le,
// "Sequence to sequence learning with neural networks", 2014). Its tokens stand
// in an input block with a token in front that begins each; a network puts out
// a logit for each code that may come next, the last of which is the end.
class SequenceHead final : public SoftmaxHead {
 public:
  Index label_count(const Task& /*task*/) const override { return 2; }
  std::string Fault(const Task& task) const override {
    if (task.tokens.empty()) return " is a text and names no input of it";
    if (task.from.empty()) return " is a text and is made of no input";
    if (task.from == task.tokens) return " is a text that is made of itself";
    if (!task.classes.empty()) return " is a text, and has classes";
    return task.codes < 0 ? Str(" has ", task.codes, " codes") : "";
  }
  std::string Describe(const Task& task) const override {
    return Str("texts made of '", task.from, "'",
               task.codes > 0 ? Str(", ", task.codes, " codes") : "");
  }

  Index output_cols(const Task& task) const override { return task.codes; }
  Index prediction_cols(const Task& /*task*/) const override { return 1; }
  std::string PredictionSuffix(const Task& /*task*/,
                               Index /*col*/) const override {
    return ".log-probability";
  }

  // Of each token the log of the probability of what most likely comes next; of
  // texts only a search says it.
  void Link(const Task& /*task*/, ConstMatView outputs,
            MatView predictions) const override {
    for (Index row = 0; row < outputs.rows; ++row) {
      const std::span<const Real> z = {outputs.Row(row), At(outputs.cols)};
      const double most = static_cast<double>(*std::ranges::max_element(z));
      double sum = 0;
      for (const Real logit : z) {
        sum += std::exp(static_cast<double>(logit) - most);
      }
      predictions(row, 0) = static_cast<Real>(-std::log(sum));
    }
  }

  // Nothing is known of texts without their sources: each code is as good as
  // any other.
  Index constant_count(const Task& /*task*/) const override { return 1; }
  std::vector<double> Constants(
      const Task& /*task*/,
      std::span<const WeightedLabels> /*columns*/) const override {
    return {0};
  }
  std::vector<std::vector<double>> ConstantPredictions(
      const Task& /*task*/,
      std::span<const double> /*constants*/) const override {
    return {};
  }
  std::vector<std::vector<Real>> ConstantOutputs(
      const Task& task, std::span<const double> /*constants*/) const override {
    return {std::vector<Real>(At(task.codes))};
  }
  bool merges() const override { return false; }
  void Reorder(std::span<const Index> /*order*/, std::span<const float> from,
               double* to) const override {
    *to = static_cast<double>(from[0]);
  }
};

constexpr SequenceHead kSequenceForm{};

}  // namespace

extern const HeadEntry kSequenceHead;
const HeadEntry kSequenceHead = {
    "sequence",
    "a text that is made of another, as a translation or a summary is; a "
    "network puts out a logit for each code that may come next",
    {.is_written = true,
     .scales_labels = false,
     .least_label = 0,
     .default_loss = "cross-entropy",
     .main_metric = "bleu"},
    kSequenceForm};

}  // namespace mtlkit
