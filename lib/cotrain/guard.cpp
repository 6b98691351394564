#include "cotrain/guard.h"

#include <cmath>
#include <limits>

#include "nn/loss.h"
#include "train/own_options.h"
#include "train/validation.h"

namespace mtlkit {

double LossOnGuard(const Collaboration& run, const Dataset& view, Model* model,
                   ThreadPool* pool) {
  std::vector<std::string> absent;
  for (const Task& task : run.data.tasks) {
    if (FindTask(view.tasks, task.name) < 0) absent.push_back(task.name);
  }
  const auto losses = MakeLosses(
      view.tasks, OptionsFor(view.tasks, absent, run.spec.train).loss);
  Validator validator(*model, view, losses,
                      run.data.SplitRows(run.spec.cotrain.guard), "loss", pool);
  if (!validator.can_choose()) return std::numeric_limits<double>::quiet_NaN();
  return validator.Measure(&model->params).relative;
}

bool DidHarm(double before, double after, double tolerance) {
  if (std::isnan(before)) return false;
  return !(after <= before + tolerance);
}

}  // namespace mtlkit
