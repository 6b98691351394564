#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/options.h"
#include "base/parallel.h"
#include "base/reporter.h"
#include "eval/evaluation.h"
#include "eval/importance.h"
#include "train/predict.h"

namespace mtlkit {

struct ImportanceOptions {
  Index repeats = 5;  // shuffles of each input

  void Describe(Fields& fields);
};

// Inputs that come from one column of the raw table, in whichever blocks, or
// else are one block.
struct InputGroup {
  struct Part {
    std::size_t block = 0;       // among the inputs of the dataset
    std::vector<Index> columns;  // of it; empty: whole rows
  };
  std::string name;
  std::vector<Part> parts;
};

// The groups of what the models read of a dataset, raw or prepared, in the
// order of its columns. A prepared column belongs to that of the table behind
// the transforms whose name it begins with, as preparation names them
// ("age:20..30", "sex=male"). Several views keep theirs apart.
std::vector<InputGroup> InputGroups(std::span<const EnsembleMember> members,
                                    const Dataset& dataset);

// Permutation importance (Breiman, "Random forests", 2001; of any model:
// Fisher, Rudin and Dominici, "All models are wrong, but many are useful",
// 2019): the rows of a split, or all, are predicted as they are, and again with
// each group in another order of rows, `repeats` times, the models being what
// they are. Differences of errors are paired by row; their intervals cover rows
// and shuffles (eval/seed_interval.h). Orders depend on seed, group and number
// alone. Inputs that say the same stand in for one another: each looks less
// important than both are.
Importance MeasureImportance(std::span<const EnsembleMember> members,
                             const Dataset& dataset, const std::string& split,
                             const ImportanceOptions& options,
                             EvaluationOptions evaluation, Seed seed,
                             ThreadPool* pool, Reporter* reporter);

}  // namespace mtlkit
