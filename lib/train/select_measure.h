#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/batch.h"
#include "data/task.h"
#include "eval/metric.h"

namespace mtlkit {

// One of the measures that choose the weights.
struct SelectTerm {
  Index task = -1;                      // -1: the loss of all tasks
  const MetricEntry* metric = nullptr;  // null: a loss
  double weight = 1;
  std::string text;  // as it was given
  // Meant wherever it can be measured, and left out elsewhere.
  bool where_defined = false;
};

// What chooses weights where many labels are wrong: of every task the measure
// of what it decides, or how far off its numbers are (accuracy, hamming-loss,
// mae). Wrong labels that do not depend on the rows lower such a measure of all
// networks alike; losses on them grow without bound as a network becomes surer
// of the truth, and so prefer one that is hardly trained.
inline constexpr std::string_view kSelectDecisions = "decisions";

// The terms of `select_on`: kSelectDecisions, or a list, by commas, of loss,
// TASK.loss and TASK.METRIC, each with =WEIGHT behind it or not. Throws kUsage
// where a task or metric is not there or does not fit, where a term comes
// twice, and where a weight is not above 0.
std::vector<SelectTerm> ParseSelectOn(std::span<const Task> tasks,
                                      std::string_view select_on);
// The names of tasks in `select_on`, those of `names` as they are called.
std::vector<std::string> TasksSelectedOn(std::string_view select_on,
                                         std::span<const std::string> names);

// What the metrics of some terms make of rows that come batch by batch.
class MetricTerms {
 public:
  MetricTerms(std::span<const Task> tasks, std::vector<SelectTerm> terms);

  const std::vector<SelectTerm>& terms() const { return terms_; }
  // From now on there is no such term.
  void LeaveOut(std::size_t term);
  // Forgets all rows.
  void Clear();
  // Adds the rows of a batch with labels of a term's task, whose output that
  // is. Needs a term with a metric.
  void Add(std::size_t term, const Batch& batch, ConstMatView output);
  // The metric over all rows; NaN where it is undefined.
  double Value(std::size_t term) const;

 private:
  std::vector<Task> tasks_;
  std::vector<SelectTerm> terms_;
  std::vector<MetricRows> rows_;              // one a term, in original units
  std::vector<std::vector<double>> weights_;  // of these rows
  std::vector<Real> link_;
  std::vector<Real> truth_;
};

}  // namespace mtlkit
