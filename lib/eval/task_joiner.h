#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"
#include "eval/joined_rows.h"
#include "eval/joined_task.h"

namespace mtlkit {

// Builds one joined task, over the places of the first model that has it.
class TaskJoiner {
 public:
  // Some model must have the task.
  TaskJoiner(const std::vector<NamedSource>& models, const JoinedRows& rows,
             const std::string& name);

  // Finds a model's places, and takes its labels unless they come from
  // elsewhere.
  void AddModel(std::size_t model, bool takes_labels);
  // `places` of the rows of `truth` among the joined ones (JoinedRows::Find).
  void TakeTruth(const Dataset& truth, const std::vector<std::int32_t>& places);
  JoinedTask Finish();

 private:
  // Where each place is in a model's file; empty: at its number.
  std::vector<std::int32_t> PlacesOf(std::size_t model, const Labels& labels,
                                     Index places);
  // The place of a joined row, or -1.
  Index PlaceOfRow(Index row);
  Index TokenOfRow(Index row, Index number);
  void TakeLabels(std::size_t model, const Task& task, const Labels& labels,
                  const std::vector<Index>& order,
                  const std::vector<std::int32_t>& place_of);
  // The label of places that a file calls of an unknown class.
  float LabelOf(const std::string& unknown_class);
  // Classes that no model has learned from a row are unknown to all.
  void ForgetUnlearned();
  // Stands in y for a class that the models do not know.
  float UnknownClass(const std::string& name);
  // Sets what is not known yet, and refuses what is known otherwise.
  template <class T>
  void Agree(T value, Index place, std::string_view what,
             const std::string& model, T* known) const;
  [[noreturn]] void RefuseRow(const std::string& lacking, Index row,
                              const std::string& having) const;

  const std::vector<NamedSource>& models_;
  const JoinedRows& rows_;
  std::size_t first_ = 0;
  std::vector<std::int32_t> place_of_row_;  // made when it is asked for
  std::vector<double> learned_;             // as in SourceTask
  JoinedTask joined_;
};

}  // namespace mtlkit
