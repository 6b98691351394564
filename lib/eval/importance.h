#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "eval/result.h"
#include "text/csv_cells.h"

namespace mtlkit {

// How much worse predictions become where what an input says is put into
// another order of rows: 0 for one that the model does not use.
struct ColumnImportance {
  std::string column;
  // By how much the error of each task rises (MetricError of its first metric,
  // whichever direction is better), the mean over shuffles. NaN where the task
  // has no number.
  std::vector<Estimate> rises;
  // By which share the mean error over tasks rises: .1 is a tenth more.
  Estimate overall;
};

struct Importance {
  Evaluation whole;  // of the inputs as they are
  Index repeats = 0;
  std::vector<ColumnImportance> columns;  // the most important one first
};

// Of an evaluation of shuffled inputs, the second model with one seed a
// shuffle, against inputs as they are.
ColumnImportance ImportanceOf(const std::string& column,
                              const Evaluation& evaluation);
void SortByImportance(Importance* importance);

// As a table for people, a column of inputs a line; one JSON document; CSV, a
// line a column and task.
std::string RenderText(const Importance& importance);
Json RenderJson(const Importance& importance);
std::string RenderCsv(const Importance& importance, CsvCells* cells);

}  // namespace mtlkit
