#include "train/gramian_weighting.h"

#include <algorithm>

namespace mtlkit {

GramianWeighting::GramianWeighting(std::span<const Task> tasks)
    : gramian_(tasks.size() * tasks.size()),
      losses_(tasks.size()),
      task_weight_(tasks.size()),
      weights_(tasks.size()) {
  tasks_.reserve(tasks.size());
}

void GramianWeighting::Weights(const WeightingSignals& signals,
                               std::span<double> state,
                               std::span<double> w) const {
  std::fill(w.begin(), w.end(), 0.0);
  tasks_.clear();
  for (std::size_t i = 0; i < w.size(); ++i) {
    if (signals.present[i] == 0) continue;
    losses_[tasks_.size()] = signals.losses[i];
    task_weight_[tasks_.size()] = signals.task_weight[i];
    tasks_.push_back(static_cast<Index>(i));
  }
  const std::size_t count = tasks_.size();
  if (count == 0) return;
  if (count == 1) {
    w[At(tasks_[0])] = 1;
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      gramian_[i * count + j] = signals.gramian(tasks_[i], tasks_[j]);
    }
  }
  PresentTasks present;
  present.gramian = {gramian_.data(), static_cast<Index>(count),
                     static_cast<Index>(count)};
  present.losses = {losses_.data(), count};
  present.task_weight = {task_weight_.data(), count};
  present.tasks = tasks_;
  present.state = state;
  present.rng = signals.rng;
  const std::span<double> weights = {weights_.data(), count};
  Solve(present, weights);
  for (std::size_t i = 0; i < count; ++i) {
    w[At(tasks_[i])] = weights[i];
  }
}

}  // namespace mtlkit
