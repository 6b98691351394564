#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "train/weighting.h"
#include "train/weighting_math.h"

namespace mtlkit {
namespace {

struct ExcessMtlOptions {
  double eta = 0.01;
  double epsilon = 0;
  std::string first = "one";

  void Describe(Fields& field) {
    field("eta", eta, "how fast weights follow excess risks", AtLeast(0));
    field("epsilon", epsilon,
          "added to sums of squares and to the first excess risk", AtLeast(0));
    field("first", first,
          "what a task's first excess risk counts as: 1, as it is relative to "
          "itself, or what it is",
          {"one", "raw"});
  }
};

// Weights grow with how far each task is from what it can reach: w_i exp(eta
// e_i), made to sum to 1, where the excess risk e_i is estimated by g_i' H^-1
// g_i with H the diagonal of Adagrad, the square roots of the sums of the
// squares of its gradients, and is taken relative to its first value. He, Zhou,
// Zhang, Yun, Xu, Zeng, Chilimbi and Zhao, "Robust multi-task learning with
// excess risks" (2024), algorithm 1. Noise of labels raises the loss of a task,
// but not that. Until a task has a gradient it counts as 1.
class ExcessMtl : public Weighting {
 public:
  ExcessMtl(std::span<const Task> tasks, const ExcessMtlOptions& options)
      : options_(options), tasks_(std::ssize(tasks)) {}

  WeightingNeeds needs() const override {
    return {.gradients = true, .measures = true};
  }
  Index state_size() const override { return kSize * tasks_; }
  Index slots() const override { return 1; }  // sums of squares

  void Measure(const WeightingSignals& signals, const TaskGradients& given,
               std::span<double> sums) const override {
    for (std::size_t i = 0; i < given.tasks.size(); ++i) {
      const auto task = At(given.tasks[i]);
      if (signals.present[task] == 0) continue;
      Real* squares = given.slots[task];
      const Real* gradient = given.gradients.Row(static_cast<Index>(i));
      double sum = 0;
      for (Index j = 0; j < given.gradients.cols; ++j) {
        const double g = static_cast<double>(gradient[j]);
        squares[j] += gradient[j] * gradient[j];
        const double all = static_cast<double>(squares[j]) + options_.epsilon;
        if (all > 0) sum += g * g / std::sqrt(all);
      }
      sums[task] += sum;
    }
  }

  void Weights(const WeightingSignals& signals, std::span<double> state,
               std::span<double> w) const override {
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = kNoShare;
      if (signals.present[i] == 0) continue;
      const std::span<double> own = state.subspan(At(kSize) * i, At(kSize));
      own[kLogit] += options_.eta * Excess(signals.measured[i], own);
      w[i] = own[kLogit];
    }
    Softmax(w);
  }

 private:
  // What is kept of a task: the log of its weight, its first excess risk,
  // whether there was one.
  static constexpr std::size_t kLogit = 0;
  static constexpr std::size_t kFirst = 1;
  static constexpr std::size_t kSeen = 2;
  static constexpr Index kSize = 3;

  double Excess(double excess, std::span<double> own) const {
    if (own[kSeen] != 0) {
      return std::min(excess / (own[kFirst] + options_.epsilon), kMostFactor);
    }
    if (excess > 0) {
      own[kFirst] = excess;
      own[kSeen] = 1;
    }
    return options_.first == "raw" ? excess : 1;
  }

  ExcessMtlOptions options_;
  Index tasks_;
};

}  // namespace

extern const WeightingEntry kExcessMtl;
const WeightingEntry kExcessMtl = MakeEntry<ExcessMtl, ExcessMtlOptions>(
    "excess-mtl", "more weight where more is left to reach (He et al. 2024)");

}  // namespace mtlkit
