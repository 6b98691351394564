#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "eval/joined_task.h"

namespace mtlkit {

// What is known of models beside their tasks.
struct JoinedHead {
  Index rows = 0;  // distinct ids
  // Dataset::groups of each row, those of `truth` first; a row that has none is
  // one by itself. Empty: no file has any.
  std::vector<std::int64_t> groups = {};
  std::vector<std::string> models;
  std::vector<std::string> selected_on;  // of each model; "": none, or unknown
  std::vector<bool> has_model;           // of each: made by a model of ours
  std::vector<SeenCount> seen;           // of each model
  std::string split;                     // of the rows; "" if it differs
  Index not_in_truth = 0;  // rows that the file of other labels lacks
};

// Models brought onto the same rows, by id, task by task. Of a task, all models
// that have it must have predicted the same rows. Labels and weights come from
// `truth` if given (a dataset with the tasks' names and some of the rows, which
// must outlive this), else from the files; two files that disagree about one
// are refused. Nothing
// depends on the order of the models but the order of tasks and rows. Throws
// kBadInput, also if a model has no task in common with any other.
//
// Files whose rows are the same in the same order take no memory here but the
// labels of the task that is joined; others hold their ids and, one model at a
// time, its predictions of a task.
class JoinedModels {
 public:
  explicit JoinedModels(std::vector<NamedSource> models,
                        const Dataset* truth = nullptr);
  ~JoinedModels();
  JoinedModels(JoinedModels&&) noexcept;

  const JoinedHead& head() const;
  Index task_count() const;
  const std::string& TaskName(Index task) const;
  bool Predicts(std::size_t model, Index task) const;
  // Joins a task. What it gives must not outlive this.
  JoinedTask Take(Index task) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mtlkit
