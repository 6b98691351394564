#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/parallel.h"
#include "data/dataset.h"
#include "nn/loss.h"
#include "nn/model.h"

namespace mtlkit {

// What a network was found to be worth on the validation rows.
struct ValidationResult {
  std::vector<double> losses;  // mean of each task; NaN without labels
  // The mean over tasks of the loss divided by that of the best constant
  // prediction; lower is better, 1 is useless.
  double relative = 0;
  // The metric that selects, if one does.
  double metric = 0;
  // What selects, lower is better: `relative`, or the metric's distance to a
  // perfect one. NaN never is the best.
  double score = 0;
};

// Measures a network on rows that it does not learn from. A task without
// labels there, or one that a constant predicts without loss, is left out of
// the mean.
class Validator {
 public:
  // `select_on`: "loss" or TASK.METRIC; an unknown task or metric, or a metric
  // that the task's type does not have, is kUsage. `data` and `losses` must
  // outlive it. Needs rows.
  Validator(const Model& model, const Dataset& data,
            std::span<const std::unique_ptr<Loss>> losses,
            std::vector<Index> rows, std::string_view select_on,
            ThreadPool* pool);
  ~Validator();
  Validator(Validator&&) noexcept;

  ValidationResult Measure(Params* params);

  // "valid loss" or "valid TASK.METRIC".
  std::string selected_on() const;
  bool has_metric() const;
  // Names of tasks left out of the mean.
  std::vector<std::string> left_out() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mtlkit
