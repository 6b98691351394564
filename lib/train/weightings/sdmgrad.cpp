#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "train/half_space_solver.h"
#include "train/simplex.h"
#include "train/small_solvers.h"
#include "train/weighting.h"
#include "train/weighting_math.h"

namespace mtlkit {
namespace {

struct SdmgradOptions {
  double lambda = 0.3;
  std::string sampling = "double";
  Index iterations = 20;
  double rate = 1;
  double momentum = 0.5;
  std::string scale = "norm";

  void Describe(Fields& field) {
    field("lambda", lambda, "how much the mean gradient counts", AtLeast(0));
    field("sampling", sampling,
          "double: by three samples of the batch; none: exactly, for the whole "
          "batch",
          {"double", "none"});
    field("iterations", iterations, "steps of the weights in a step (double)",
          AtLeast(1));
    field("rate", rate, "their rate (double)", MoreThan(0));
    field("momentum", momentum, "their momentum (double)", BelowFrom(0, 1));
    field("scale", scale,
          "what the products are divided by: the most that they add up to in a "
          "row, so that no step goes too far, or the square of the mean length "
          "of gradients (double)",
          {"norm", "lengths"});
  }
};

// The direction g_w + lambda g_0, over 1 + lambda, with the mean gradient g_0
// and the convex combination g_w for which it is shortest. Xiao, Ban and Ji,
// "Direction-oriented multi-objective learning: simple and provable stochastic
// algorithms" (2023). By double sampling (their algorithm 1) the weights are
// kept, and go down A (w + lambda / K), where A has the products of gradients
// of one sample with those of another, projected on weights that sum to 1, some
// steps in every step; the step is along the gradients of a third sample. Of
// the whole batch w is found exactly: since w sums to 1, it is the shortest
// convex combination of the g_i + lambda g_0.
class Sdmgrad : public Weighting {
 public:
  Sdmgrad(std::span<const Task> tasks, const SdmgradOptions& options)
      : options_(options),
        samples_(options.sampling == "double"),
        solver_(std::ssize(tasks)),
        share_(tasks.size()),
        slope_(tasks.size()),
        velocity_(tasks.size()),
        matrix_(tasks.size() * tasks.size()) {
    const SdmgradOptions usual;
    const bool is_usual =
        options.iterations == usual.iterations && options.rate == usual.rate &&
        options.momentum == usual.momentum && options.scale == usual.scale;
    Require(samples_ || is_usual, ErrorKind::kUsage,
            "iterations, rate, momentum and scale have no effect with "
            "sampling=none, which takes no steps",
            "leave them out");
  }

  WeightingNeeds needs() const override {
    return {.gramian = true, .gradients = samples_, .samples = samples_};
  }
  Index state_size() const override {
    return samples_ ? std::ssize(share_) : 0;
  }
  void InitState(std::span<double> state) const override {
    KeptShares(state, 1).Start();
  }

  void Weights(const WeightingSignals& signals, std::span<double> state,
               std::span<double> w) const override {
    const double count = CountPresent(signals);
    if (count == 0) {
      std::fill(w.begin(), w.end(), 0.0);
      return;
    }
    if (samples_) {
      const KeptShares shares(state, 1);
      shares.Take(signals.sampled, share_);
      Take(signals, signals.sampled);
      if (size_ > 0) {
        Descend();
        Spread(signals.sampled, share_);
        shares.Keep(signals.sampled, share_);
      }
      shares.Take(signals.present, w);
    } else {
      Take(signals, signals.present);
      SolveExactly();
      Spread(signals.present, w);
    }
    for (std::size_t i = 0; i < w.size(); ++i) {
      if (signals.present[i] == 0) continue;
      w[i] = (w[i] + options_.lambda / count) / (1 + options_.lambda);
    }
  }

 private:
  std::span<double> Weights() const { return {share_.data(), size_}; }
  Mat<const double> Matrix() const {
    const Index size = static_cast<Index>(size_);
    return {matrix_.data(), size, size};
  }

  // The tasks of `which` move together: their shares and products come first.
  void Take(const WeightingSignals& signals,
            std::span<const std::uint8_t> which) const {
    size_ = 0;
    for (std::size_t i = 0; i < which.size(); ++i) {
      if (which[i] != 0) share_[size_++] = share_[i];
    }
    std::size_t at = 0;
    for (std::size_t i = 0; i < which.size(); ++i) {
      for (std::size_t j = 0; j < which.size(); ++j) {
        if (which[i] == 0 || which[j] == 0) continue;
        matrix_[at++] =
            signals.gramian(static_cast<Index>(i), static_cast<Index>(j));
      }
    }
  }
  // Back to their places.
  void Spread(std::span<const std::uint8_t> which,
              std::span<double> out) const {
    std::size_t at = size_;
    for (std::size_t i = which.size(); i-- > 0;) {
      out[i] = which[i] != 0 ? share_[--at] : 0;
    }
  }

  void Descend() const {
    const double scale = Scale();
    if (!(scale > 0)) return;
    const std::span<double> w = Weights();
    const double mean = options_.lambda / static_cast<double>(size_);
    std::fill(velocity_.begin(), velocity_.end(), 0.0);
    for (Index step = 0; step < options_.iterations; ++step) {
      for (std::size_t i = 0; i < size_; ++i) {
        slope_[i] = 0;
        for (std::size_t j = 0; j < size_; ++j) {
          slope_[i] += matrix_[i * size_ + j] / scale * (w[j] + mean);
        }
      }
      for (std::size_t i = 0; i < size_; ++i) {
        velocity_[i] = options_.momentum * velocity_[i] + slope_[i];
        w[i] -= options_.rate * velocity_[i];
      }
      ProjectOnSimplex(w);
    }
  }

  double Scale() const {
    double most = 0;
    double lengths = 0;
    for (std::size_t i = 0; i < size_; ++i) {
      double row = 0;
      for (std::size_t j = 0; j < size_; ++j) {
        row += std::abs(matrix_[i * size_ + j]);
      }
      most = std::max(most, row);
      lengths += std::sqrt(std::max(0.0, matrix_[i * size_ + i]));
    }
    if (options_.scale == "norm") return most;
    const double length = lengths / static_cast<double>(size_);
    return length * length;
  }

  void SolveExactly() const {
    const std::span<double> mean = {velocity_.data(), size_};
    const std::span<double> product = {slope_.data(), size_};
    std::fill(mean.begin(), mean.end(),
              options_.lambda / static_cast<double>(size_));
    const double square = Product(Matrix(), mean, product);
    for (std::size_t i = 0; i < size_; ++i) {
      for (std::size_t j = 0; j < size_; ++j) {
        matrix_[i * size_ + j] += product[i] + product[j] + square;
      }
    }
    solver_.Solve(Matrix(), Weights());
  }

  SdmgradOptions options_;
  bool samples_;
  mutable MinNormSolver solver_;
  // Scratch; of the tasks that move.
  mutable std::size_t size_ = 0;
  mutable std::vector<double> share_;
  mutable std::vector<double> slope_;
  mutable std::vector<double> velocity_;
  mutable std::vector<double> matrix_;
};

}  // namespace

extern const WeightingEntry kSdmgrad;
const WeightingEntry kSdmgrad = MakeEntry<Sdmgrad, SdmgradOptions>(
    "sdmgrad",
    "the shortest combination, kept near the mean gradient (Xiao et al. 2023)");

}  // namespace mtlkit
