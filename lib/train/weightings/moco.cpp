#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "kernels/kernels.h"
#include "train/simplex.h"
#include "train/weighting.h"
#include "train/weighting_math.h"

namespace mtlkit {
namespace {

struct MocoOptions {
  double beta = 0.5;
  double beta_sigma = 0.5;
  double gamma = 0.1;
  double gamma_sigma = 0.5;
  double rho = 0;
  bool normalise = true;
  std::string projection = "simplex";

  void Describe(Fields& field) {
    field("beta", beta, "how fast tracked gradients follow those of batches",
          Between(0, 1));
    field("beta-sigma", beta_sigma,
          "how fast that fades: step k of a task has beta / k^beta-sigma",
          AtLeast(0));
    field("gamma", gamma, "learning rate of the weights", AtLeast(0));
    field("gamma-sigma", gamma_sigma, "how fast that fades, likewise",
          AtLeast(0));
    field("rho", rho, "pull of the weights towards equal ones", AtLeast(0));
    field("normalise", normalise,
          "whether gradients are made as long as the task's loss is large");
    field("projection", projection,
          "what makes weights of numbers: the nearest ones, or their softmax",
          {"simplex", "softmax"});
  }
};

// Gradients are tracked over steps, y_i += beta_k (g_i - y_i), so that their
// combination of least length is not that of one batch, whose noise makes it
// biased; the weights go down its gradient: w = P(w - gamma_k (Y'Y + rho I) w)
// with P the projection on weights that sum to 1, and the step is Y w.
// Fernando, Shen, Liu, Chaudhury, Murugesan and Chen, "Mitigating gradient bias
// in multi-objective learning: a provably convergent approach" (2023),
// algorithm
// 1. As their code has it, gradients are as long as the task's loss is large
// (its size, where it is below 0), unless that is turned off; the code's
// projection is the softmax, which leaves weights close to equal ones.
class Moco : public Weighting {
 public:
  Moco(std::span<const Task> tasks, const MocoOptions& options)
      : options_(options), tasks_(std::ssize(tasks)), gradient_(tasks.size()) {}

  WeightingNeeds needs() const override {
    return {.gramian = true, .gradients = true, .measures = options_.normalise};
  }
  // Of each task its share and its steps.
  Index state_size() const override { return kSize * tasks_; }
  void InitState(std::span<double> state) const override {
    std::fill(state.begin(), state.end(), 0.0);
    KeptShares(state, kSize).Start();
  }
  Index slots() const override { return 1; }

  void Measure(const WeightingSignals&, const TaskGradients& given,
               std::span<double> sums) const override {
    for (std::size_t i = 0; i < given.tasks.size(); ++i) {
      const Real* row = given.gradients.Row(static_cast<Index>(i));
      sums[At(given.tasks[i])] +=
          ActiveKernels().dot(row, row, given.gradients.cols);
    }
  }

  void Track(const WeightingSignals& signals, std::span<const double> state,
             const TaskGradients& given) const override {
    for (std::size_t i = 0; i < given.tasks.size(); ++i) {
      const auto task = At(given.tasks[i]);
      if (signals.present[task] == 0) continue;
      const Real rate = static_cast<Real>(
          Faded(options_.beta, options_.beta_sigma, state, task));
      const Real scale = static_cast<Real>(Scale(signals, task));
      Real* tracked = given.slots[task];
      Real* gradient = given.gradients.Row(static_cast<Index>(i));
      for (Index j = 0; j < given.gradients.cols; ++j) {
        tracked[j] += rate * (scale * gradient[j] - tracked[j]);
        gradient[j] = tracked[j];
      }
    }
  }

  void Weights(const WeightingSignals& signals, std::span<double> state,
               std::span<double> w) const override {
    const KeptShares shares(state, kSize);
    shares.Take(signals.present, w);
    if (CountPresent(signals) == 0) return;
    SetGradient(signals, w);
    for (std::size_t i = 0; i < w.size(); ++i) {
      if (signals.present[i] == 0) {
        w[i] = kNoShare;
        continue;
      }
      w[i] -=
          Faded(options_.gamma, options_.gamma_sigma, state, i) * gradient_[i];
      state[kSize * i + kSteps] += 1;
    }
    if (options_.projection == "softmax") {
      Softmax(w);
    } else {
      ProjectOnSimplex(w);
    }
    shares.Keep(signals.present, w);
  }

 private:
  static constexpr std::size_t kSteps = 1;
  static constexpr std::size_t kSize = 2;

  // Of the step to come.
  static double Faded(double rate, double sigma, std::span<const double> state,
                      std::size_t task) {
    return rate / std::pow(state[kSize * task + kSteps] + 1, sigma);
  }
  double Scale(const WeightingSignals& signals, std::size_t task) const {
    if (!options_.normalise) return 1;
    const double length = std::sqrt(signals.measured[task]);
    return length > 0
               ? std::min(std::abs(signals.losses[task]) / length, kMostFactor)
               : 0;
  }
  // Of half the square of the length, and of the pull.
  void SetGradient(const WeightingSignals& signals,
                   std::span<const double> w) const {
    for (std::size_t i = 0; i < w.size(); ++i) {
      if (signals.present[i] == 0) continue;
      gradient_[i] = 0;
      for (std::size_t j = 0; j < w.size(); ++j) {
        if (signals.present[j] == 0) continue;
        gradient_[i] += w[j] * signals.gramian(static_cast<Index>(i),
                                               static_cast<Index>(j));
      }
      gradient_[i] += options_.rho * w[i];
    }
  }

  MocoOptions options_;
  Index tasks_;
  mutable std::vector<double> gradient_;
};

}  // namespace

extern const WeightingEntry kMoco;
const WeightingEntry kMoco = MakeEntry<Moco, MocoOptions>(
    "moco",
    "the shortest combination of gradients tracked over steps (Fernando et al. "
    "2023)");

}  // namespace mtlkit
