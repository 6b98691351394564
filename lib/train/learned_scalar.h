#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <string>

#include "base/options.h"
#include "base/view.h"

namespace mtlkit {

// A number that a weighting learns at a rate of its own, by Adam (Kingma and
// Ba 2015) or down the plain gradient, in four numbers of the weighting's
// state: its value, two moments, and how often it has moved.
class LearnedScalar {
 public:
  static constexpr Index kSize = 4;

  explicit LearnedScalar(std::span<double> state) : state_(state) {}

  double value() const { return state_[0]; }
  void Start(double value) {
    state_[0] = value;
    state_[1] = state_[2] = state_[3] = 0;
  }
  // One step down the gradient itself.
  void DescendPlainly(double gradient, double rate) {
    state_[0] -= rate * gradient;
  }
  // Keeps the exponential of the value, and its inverse, within single
  // precision.
  void Bound() { state_[0] = std::clamp(state_[0], -80.0, 80.0); }
  // One step down by Adam; `decay` joins the gradient.
  void Descend(double gradient, double rate, double decay = 0) {
    constexpr double kBeta1 = 0.9;
    constexpr double kBeta2 = 0.999;
    constexpr double kEpsilon = 1e-8;
    gradient += decay * state_[0];
    state_[1] = kBeta1 * state_[1] + (1 - kBeta1) * gradient;
    state_[2] = kBeta2 * state_[2] + (1 - kBeta2) * gradient * gradient;
    state_[3] += 1;
    const double mean = state_[1] / (1 - std::pow(kBeta1, state_[3]));
    const double square = state_[2] / (1 - std::pow(kBeta2, state_[3]));
    state_[0] -= rate * mean / (std::sqrt(square) + kEpsilon);
  }

 private:
  std::span<double> state_;
};

// The scalar of task `i` in a state that has one a task.
inline LearnedScalar ScalarOf(std::span<double> state, std::size_t i) {
  constexpr std::size_t kSize = At(LearnedScalar::kSize);
  return LearnedScalar(state.subspan(kSize * i, kSize));
}

// How the scalars of a weighting learn, among its options.
struct ScalarDescent {
  double rate = 0.01;
  std::string optimizer = "adam";

  // `what` they are: "log variances".
  void Describe(Fields& field, const std::string& what) {
    field("rate", rate, "learning rate of the " + what, MoreThan(0));
    field("optimizer", optimizer, "how the " + what + " learn",
          {"adam", "sgd"});
  }
  void Move(LearnedScalar* scalar, double gradient) const {
    if (optimizer == "adam") {
      scalar->Descend(gradient, rate);
    } else {
      scalar->DescendPlainly(gradient, rate);
    }
  }
};

}  // namespace mtlkit
