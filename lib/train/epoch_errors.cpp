#include "train/epoch_errors.h"

#include <limits>

#include "eval/metric.h"
#include "train/select_measure.h"

namespace mtlkit {

std::vector<double> EpochErrors(const History& history,
                                std::span<const Task> tasks,
                                const std::string& select_on) {
  const std::vector<SelectTerm> terms = ParseSelectOn(tasks, select_on);
  const bool is_one = terms.size() == 1;
  if (is_one && terms[0].task < 0) return *history.Find("valid");
  std::string column = history.selected_on;
  column[column.find(' ')] = '.';
  std::vector<double> errors = *history.Find(column);
  if (!is_one || terms[0].metric == nullptr) return errors;
  for (double& value : errors) value = MetricError(*terms[0].metric, value);
  return errors;
}

double BestError(const History& history, std::span<const Task> tasks,
                 const std::string& select_on) {
  if (history.best_epoch == 0) return std::numeric_limits<double>::infinity();
  return EpochErrors(history, tasks, select_on)[At(history.best_epoch - 1)];
}

}  // namespace mtlkit
