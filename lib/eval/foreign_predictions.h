#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "base/reporter.h"
#include "data/dataset.h"
#include "data/known_columns.h"
#include "eval/predictions.h"

namespace mtlkit {

struct ForeignPredictionOptions {
  // TASK, or TASK=COLUMN,COLUMN; empty: every task that has columns called as
  // mtl-predict calls them.
  std::vector<std::string> task;
  // Whose rows they are: "" for any.
  std::string split;

  void Describe(Fields& fields);
};

// The columns of a table that may hold classes of the tasks of `truth`, by the
// names that they are looked for, so that it is read with these in mind.
KnownColumns ClassColumns(const Dataset& truth,
                          const ForeignPredictionOptions& options);

// What other programs predicted for the tasks of `truth`, which has labels,
// ids and splits, as predictions that can be measured beside ours: in the
// order of `truth`, with its labels and weights and the best constants of its
// split 'train'. `table` has columns as in foreign_columns.h; its rows are
// found by id or, where it has none (`has_ids`), are the split's, else all, in
// their order.
//
// Throws kUsage for tasks and columns that are not there, kBadInput for rows
// that `truth` lacks, occur twice or are not of the split, and for what
// AppendOutputs refuses, naming the row.
Predictions TakeForeignPredictions(const Dataset& table, bool has_ids,
                                   const Dataset& truth,
                                   const ForeignPredictionOptions& options,
                                   Reporter* reporter);

}  // namespace mtlkit
