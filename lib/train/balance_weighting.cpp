#include "train/balance_weighting.h"

#include <algorithm>
#include <cmath>

namespace mtlkit {

void BalanceOptions::Describe(Fields& field) {
  field("regularise", regularise,
        "part of the trace that is added to the diagonal of the Gramian",
        AtLeast(0));
  field("normalise", normalise,
        "whether the Gramian is divided by its Frobenius norm, so that steps "
        "are as long as gradients");
}

BalanceWeighting::BalanceWeighting(std::span<const Task> tasks,
                                   const BalanceOptions& options)
    : GramianWeighting(tasks),
      options_(options),
      solver_(static_cast<Index>(tasks.size())),
      gramian_(tasks.size() * tasks.size()) {}

void BalanceWeighting::SolveBalance(const PresentTasks& present,
                                    std::span<const double> b, double p,
                                    std::span<double> w) const {
  const std::size_t count = w.size();
  const Index size = static_cast<Index>(count);
  std::copy_n(present.gramian.data, count * count, gramian_.begin());
  double trace = 0;
  double longest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    trace += gramian_[i * count + i];
    longest = std::max(longest, gramian_[i * count + i]);
  }
  double squares = 0;  // in units of the longest, so that none overflows
  for (std::size_t i = 0; i < count * count; ++i) {
    const double part = longest > 0 ? gramian_[i] / longest : 0;
    squares += part * part;
  }
  for (std::size_t i = 0; i < count; ++i) {
    gramian_[i * count + i] += options_.regularise * trace;
  }
  if (!solver_.Solve({gramian_.data(), size, size}, b, p, w)) {
    std::fill(w.begin(), w.end(), 0.0);
    return;
  }
  if (!options_.normalise) return;
  // G / f has the weights of G times f^(1 / (1 + p)).
  const double times = std::pow(longest * std::sqrt(squares), 1 / (1 + p));
  for (double& weight : w) weight *= times;
}

}  // namespace mtlkit
