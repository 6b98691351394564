#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "train/weighting.h"

namespace mtlkit {

inline std::vector<Task> Tasks(std::size_t count) {
  std::vector<Task> tasks(count);
  for (std::size_t i = 0; i < count; ++i) {
    tasks[i].name = "t" + std::to_string(i);
  }
  return tasks;
}

// A matrix of gradients, one row a task, and what a weighting sees of it.
struct Scene {
  explicit Scene(std::vector<std::vector<double>> gradients)
      : rows(std::move(gradients)),
        losses(rows.size(), 1.0),
        present(rows.size(), 1),
        task_weight(rows.size(), 1.0),
        gram(rows.size() * rows.size()) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t j = 0; j < rows.size(); ++j) {
        double sum = 0;
        for (std::size_t c = 0; c < rows[i].size(); ++c) {
          sum += rows[i][c] * rows[j][c];
        }
        gram[i * rows.size() + j] = sum;
      }
    }
  }

  WeightingSignals Signals() const {
    WeightingSignals signals;
    signals.losses = losses;
    signals.present = present;
    signals.task_weight = task_weight;
    signals.epoch = epoch;
    const Index k = static_cast<Index>(rows.size());
    signals.gramian = {gram.data(), k, k};
    signals.rng = &rng;
    signals.sampled = present;
    return signals;
  }

  std::vector<double> Weights(const Weighting& weighting) const {
    std::vector<double> state(static_cast<std::size_t>(weighting.state_size()));
    weighting.InitState(state);
    std::vector<double> w(rows.size());
    weighting.Weights(Signals(), state, w);
    return w;
  }

  std::vector<std::vector<double>> rows;
  std::vector<double> losses;
  std::vector<std::uint8_t> present;
  std::vector<double> task_weight;
  std::vector<double> gram;
  Index epoch = 0;
  Rng rng{1, RandomPurpose::kWeighting, 7};
};

// The steps of a weighting with its state.
struct Series {
  Series(const Choice& choice, std::span<const Task> tasks)
      : weighting(MakeWeighting(choice, tasks)),
        state(static_cast<std::size_t>(weighting->state_size())) {
    weighting->InitState(state);
  }

  std::vector<double> Step(const Scene& scene) {
    std::vector<double> w(scene.rows.size(), -1);
    weighting->Weights(scene.Signals(), state, w);
    return w;
  }

  std::unique_ptr<Weighting> weighting;
  std::vector<double> state;
};

// Tasks of which only losses matter.
inline Scene LossScene(std::vector<double> losses, Index epoch = 0) {
  Scene scene(std::vector<std::vector<double>>(losses.size(), {1.0}));
  scene.losses = std::move(losses);
  scene.epoch = epoch;
  return scene;
}

// The steps of a weighting that keeps something of the gradients.
class Tracked {
 public:
  Tracked(const Choice& choice, std::size_t tasks, std::size_t cols)
      : weighting_(MakeWeighting(choice, Tasks(tasks))),
        state_(static_cast<std::size_t>(weighting_->state_size())),
        blocks_(static_cast<std::size_t>(weighting_->slots()) * tasks,
                std::vector<Real>(cols)) {
    weighting_->InitState(state_);
  }

  // Sets the weights, and returns the direction that they give.
  std::vector<double> Step(const std::vector<std::vector<double>>& gradients,
                           const std::vector<double>& losses,
                           std::vector<double>* w) {
    Scene scene(gradients);
    scene.losses = losses;
    const std::size_t tasks = gradients.size();
    std::vector<double> factors(tasks, 1.0);
    weighting_->LossFactors(scene.Signals(), factors);
    std::vector<Index> numbers;
    std::vector<Real> rows;
    for (std::size_t i = 0; i < tasks; ++i) {
      numbers.push_back(static_cast<Index>(i));
      for (const double g : gradients[i]) {
        rows.push_back(static_cast<Real>(g * factors[i]));
      }
    }
    std::vector<Real*> slots;
    for (std::vector<Real>& block : blocks_) slots.push_back(block.data());
    const Index cols = static_cast<Index>(gradients[0].size());
    const MatView view = {rows.data(), static_cast<Index>(tasks), cols};
    std::vector<double> measured(tasks);
    weighting_->Measure(scene.Signals(), {numbers, view, slots}, measured);
    WeightingSignals before = scene.Signals();
    before.measured = measured;
    weighting_->Track(before, state_, {numbers, view, slots});
    std::vector<std::vector<double>> tracked;
    for (Index i = 0; i < view.rows; ++i) {
      tracked.emplace_back(view.Row(i), view.Row(i) + cols);
    }
    Scene after(tracked);
    after.losses = losses;
    w->assign(tasks, 0);
    WeightingSignals signals = after.Signals();
    signals.measured = measured;
    weighting_->Weights(signals, state_, *w);
    std::vector<Real> out(gradients[0].size());
    weighting_->Combine(after.Signals(), *w, view, 0, out);
    return {out.begin(), out.end()};
  }

 private:
  std::unique_ptr<Weighting> weighting_;
  std::vector<double> state_;
  std::vector<std::vector<Real>> blocks_;
};

}  // namespace mtlkit
