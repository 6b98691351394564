#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"
#include "eval/joined_rows.h"
#include "eval/joined_task.h"

namespace mtlkit {

// Builds one joined task: dense over the places of the first model that has it,
// then reduced to the labelled ones.
class TaskJoiner {
 public:
  // Some model must have the task.
  TaskJoiner(std::vector<NamedPredictions>& models, const JoinedRows& rows,
             const std::string& name);

  // Takes what a model says, and lets go of it. `keep_labels` is false where
  // labels come from elsewhere.
  void AddModel(std::size_t model, bool keep_labels);
  // `places` of the rows of `truth` among the joined ones (JoinedRows::Find).
  void TakeTruth(const Dataset& truth, const std::vector<std::int32_t>& places);
  // Leaves the labelled rows.
  JoinedTask Finish();

 private:
  std::size_t Cells(Index cols) const { return At(joined_.predicted * cols); }
  void TakeLabel(const TaskPredictions& from, Index place,
                 const std::vector<Index>& order, Index at,
                 const std::string& model);
  // Stands in y for a class that the models do not know.
  double UnknownClass() const;
  // Sets what is not known yet, and refuses what is known otherwise.
  void Agree(double value, Index at, std::string_view what,
             const std::string& model, double* known) const;
  [[noreturn]] void RefuseRow(const std::string& lacking, Index row,
                              const std::string& having) const;

  std::vector<NamedPredictions>& models_;
  const JoinedRows& rows_;
  std::size_t first_ = 0;
  std::vector<std::int32_t> place_of_row_;
  std::vector<double> label_;
  JoinedTask joined_;
};

}  // namespace mtlkit
