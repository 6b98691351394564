#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// A column of a table of numbers and categories, by its row.
class TableCell {
 public:
  // `block` must outlive it.
  TableCell(const InputBlock& block, Index col) : block_(&block), col_(col) {}

  std::string name() const;
  bool is_number() const { return block_->kind == InputKind::kDense; }
  // NaN where it is missing. Of a column of numbers.
  double Number(Index row) const;
  // As it would be written; "" where it is missing.
  std::string Text(Index row) const;

 private:
  const InputBlock* block_;
  Index col_;
};

// Which columns say what of a task.
struct TaskColumns {
  // Probabilities or numbers, one a column of predictions.
  std::vector<TableCell> outputs;
  // Of two columns for a binary task the first, of the negative class.
  std::vector<TableCell> negative;
  // Instead: the class that was chosen, or 0 and 1 of each label.
  std::vector<TableCell> chosen;

  bool empty() const { return outputs.empty() && chosen.empty(); }
};

// The columns, or matrices, that `said` names ("a,b", as SplitNames reads it):
// as many as the task has predictions, in the order of its classes, both of a
// binary task, or one with the chosen class (numbers: where each is a class's
// name). Throws kUsage for others, and for columns that the table lacks.
TaskColumns ColumnsSaid(const Dataset& table, const Task& task,
                        std::string_view said);
// Those that are called as mtl-predict calls them in text ("income.prob"), or
// as the task itself. Empty where the table lacks one.
TaskColumns ColumnsByName(const Dataset& table, const Task& task);

// Appends what they say of a row of the table, prediction_cols() numbers.
// Throws kBadInput for what is missing, no probability, no class of the task,
// or where probabilities of classes do not add up to 1.
void AppendOutputs(const Task& task, const TaskColumns& columns, Index row,
                   std::vector<float>* outputs);

}  // namespace mtlkit
