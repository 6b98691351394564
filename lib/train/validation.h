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
  // The metric that selects, if one does; of several measures their mean.
  double metric = 0;
  // What selects, lower is better: `relative`, the metric's distance to a
  // perfect one or, of several measures, the weighted mean of their distances
  // relative to the best constant's, so that units and directions cancel. NaN
  // never is the best.
  double score = 0;
  // The terms of `relative`, one a task; NaN where a task is left out.
  std::vector<double> relatives;
};

// Measures a network on rows that it does not learn from. A task that has no
// labels there, or the same one everywhere, is left out of the mean: nothing
// can be said of it.
class Validator {
 public:
  // `select_on` as ParseSelectOn wants it; a metric that is undefined on these
  // rows whatever is predicted is kUsage, and so is one among several that no
  // constant has an error of. `data` and `losses` must outlive it.
  // Needs rows.
  Validator(const Model& model, const Dataset& data,
            std::span<const std::unique_ptr<Loss>> losses,
            std::vector<Index> rows, std::string_view select_on,
            ThreadPool* pool);
  ~Validator();
  Validator(Validator&&) noexcept;

  ValidationResult Measure(Params* params);

  // "valid loss", "valid TASK.METRIC", "valid relative TASK.loss" or "valid
  // MEASURE,MEASURE".
  std::string selected_on() const;
  // Whether something else than the loss of all tasks selects.
  bool has_metric() const;
  // Whether there is a measure at all.
  bool can_choose() const;
  // The tasks left out of the mean, with the reason: "task 'x' has no label in
  // the validation rows".
  std::vector<std::string> left_out() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mtlkit
