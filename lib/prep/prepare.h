#pragma once

#include <vector>

#include "base/reporter.h"
#include "base/rng.h"
#include "data/dataset.h"
#include "prep/prepare_options.h"
#include "prep/transform.h"

namespace mtlkit {

// Makes a dataset that networks can learn from of a table: chooses rows, makes
// tasks of columns, splits, hides labels, normalises regression tasks, and
// fits transforms of the inputs on the training rows. A dataset that has tasks
// or splits keeps them. `reporter` gets a summary and warnings. Depends on the
// table, the options and the seed alone.
Dataset Prepare(const Dataset& table, const PrepareOptions& options, Seed seed,
                Reporter* reporter);

// The same before the inputs are transformed: for WritePrepared. That the
// result stays within `max_size` is checked.
struct Prepared {
  Dataset rows;           // with the inputs of the table
  Transforms transforms;  // those of the table first
  // What the inputs will be.
  std::vector<InputSpec> inputs;
};
Prepared PrepareRows(Dataset table, const PrepareOptions& options, Seed seed,
                     Reporter* reporter);

// Mean and standard deviation (of n) of each target column of each regression
// task over the labels of `rows`; 1 for a constant. A task without labels there
// is an error (kBadInput); a class without one is a warning.
void FitTasks(const std::vector<Index>& rows, Dataset* dataset,
              Reporter* reporter);

// Tells what a prepared dataset holds: rows and splits, tasks, inputs.
void ReportDataset(const Dataset& dataset, Reporter* reporter);
void ReportDataset(const Prepared& prepared, Reporter* reporter);

}  // namespace mtlkit
