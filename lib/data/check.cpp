// What must hold of a dataset before anything indexes into it. These checks
// are the memory safety of all that reads datasets: a container can be intact
// and still hold row numbers that point outside it.
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "data/dataset.h"
#include "data/head.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

[[noreturn]] void Bad(const std::string& message) {
  Fail(ErrorKind::kBadInput, message);
}

// Whether rows x cols is a size that memory can have.
bool IsProduct(Index size, Index rows, Index cols) {
  if (rows < 0 || cols < 0) return false;
  if (rows == 0 || cols == 0) return size == 0;
  return size % cols == 0 && size / cols == rows;
}

void CheckSize(Index size, Index rows, Index cols, const std::string& what) {
  if (!IsProduct(size, rows, cols)) {
    Bad(Str(what, " has ", size, " cells; ", rows, " rows of ", cols,
            " were expected"));
  }
}

// Ascending, unique, in [0, rows).
template <class T>
void CheckRows(const std::vector<T>& numbers, Index rows,
               const std::string& what) {
  T last = -1;
  for (const T row : numbers) {
    if (row < 0 || row >= rows) {
      Bad(Str(what, ": row ", row, " is outside 0 .. ", rows - 1));
    }
    if (row <= last) {
      Bad(Str(what, ": row ", row, " comes after row ", last,
              "; rows are ascending and unique"));
    }
    last = row;
  }
}

void CheckUniqueNames(const std::vector<std::string>& names,
                      const std::string& what) {
  std::set<std::string_view> seen;
  for (const std::string& name : names) {
    if (!seen.insert(name).second) Bad(Str(what, " '", name, "' occurs twice"));
  }
}

void CheckIds(const Dataset& dataset) {
  const Index count = IdCount(dataset.ids);
  if (count != dataset.rows) {
    Bad(Str("there are ", count, " ids for ", dataset.rows, " rows"));
  }
  std::visit(
      [](auto values) {
        std::sort(values.begin(), values.end());
        const auto twice = std::adjacent_find(values.begin(), values.end());
        if (twice != values.end()) {
          Fail(ErrorKind::kBadInput, Str("id '", *twice, "' occurs twice"),
               "ids name rows: each may occur once");
        }
      },
      dataset.ids);
}

void CheckDense(const InputBlock& block, Index rows, const std::string& what) {
  if (!block.dense.empty() && !block.wide.empty()) {
    Bad(Str(what, " is stored twice"));
  }
  CheckSize(block.wide.empty() ? block.dense.size() : block.wide.size(), rows,
            block.cols, what);
}

void CheckSparse(const InputBlock& block, Index rows, const std::string& what) {
  const auto starts = block.row_starts.span();
  if (block.row_starts.size() != rows + 1) {
    Bad(Str(what, " has ", block.row_starts.size(), " row starts; ", rows + 1,
            " were expected"));
  }
  if (block.indices.size() != block.values.size()) {
    Bad(Str(what, " has ", block.indices.size(), " column numbers for ",
            block.values.size(), " values"));
  }
  if (starts.front() != 0 || starts.back() != block.values.size()) {
    Bad(Str(what, ": its row starts run from ", starts.front(), " to ",
            starts.back(), "; 0 to ", block.values.size(), " was expected"));
  }
  for (Index row = 0; row < rows; ++row) {
    // Ends ascend from 0 to the number of values, so all lie in between; the
    // bound is checked per row, before the row's entries are read.
    const std::int64_t begin = block.row_starts[row];
    const std::int64_t end = block.row_starts[row + 1];
    if (end < begin || end > block.values.size()) {
      Bad(Str(what, ": row ", row, " starts at ", begin, " and ends at ", end));
    }
    std::int64_t last = -1;
    for (Index at = begin; at < end; ++at) {
      const std::int64_t column = block.indices[at];
      if (column < 0 || column >= block.cols) {
        Bad(Str(what, ": row ", row, " names column ", column,
                ", which is outside 0 .. ", block.cols - 1));
      }
      if (column <= last) {
        Bad(Str(what, ": row ", row, " names column ", column, " after column ",
                last, "; columns are ascending and unique within a row"));
      }
      last = column;
    }
  }
}

void CheckCodes(const InputBlock& block, Index rows, const std::string& what) {
  CheckSize(block.codes.size(), rows, block.cols, what);
  if (static_cast<Index>(block.categories.size()) != block.cols) {
    Bad(Str(what, " has categories for ", block.categories.size(), " of its ",
            block.cols, " columns"));
  }
  for (Index col = 0; col < block.cols; ++col) {
    CheckUniqueNames(
        block.categories[static_cast<std::size_t>(col)],
        Str(what, ": column '", ColumnName(block, col), "': category"));
  }
  const auto codes = block.codes.AsRows(block.cols);
  for (Index row = 0; row < codes.rows; ++row) {
    for (Index col = 0; col < codes.cols; ++col) {
      const auto known = static_cast<Index>(
          block.categories[static_cast<std::size_t>(col)].size());
      const std::int32_t code = codes(row, col);
      if (code < -1 || code > known) {
        Bad(Str(what, ": column '", ColumnName(block, col), "', row ", row,
                ": code ", code, " is outside -1 .. ", known));
      }
    }
  }
}

void CheckInputs(const Dataset& dataset) {
  const std::vector<std::string> names = NamesOf(dataset.inputs);
  CheckUniqueNames(names, "the input block");
  for (const InputBlock& block : dataset.inputs) {
    const std::string what = Str("input block '", block.name, "'");
    if (block.cols < 0 || block.cols > std::numeric_limits<int>::max()) {
      Bad(Str(what, " has ", block.cols, " columns"));
    }
    if (!block.columns.empty()) {
      if (static_cast<Index>(block.columns.size()) != block.cols) {
        Bad(Str(what, " has names for ", block.columns.size(), " of its ",
                block.cols, " columns"));
      }
      CheckUniqueNames(block.columns, Str(what, ": column"));
    }
    switch (block.kind) {
      case InputKind::kDense:
        CheckDense(block, dataset.rows, what);
        break;
      case InputKind::kSparse:
        CheckSparse(block, dataset.rows, what);
        break;
      case InputKind::kCategorical:
        CheckCodes(block, dataset.rows, what);
        break;
    }
  }
}

void CheckTask(const Task& task, const std::string& what) {
  if (task.name.empty()) Bad("a task has no name");
  const std::string fault = task.head().Fault(task);
  if (!fault.empty()) Bad(what + fault);
  CheckUniqueNames(task.classes, Str(what, ": class"));
}

void CheckLabelValues(const Task& task, const Labels& labels,
                      const std::string& what) {
  const auto highest = static_cast<float>(task.head().label_count(task) - 1);
  for (std::size_t i = 0; i < labels.values.size(); ++i) {
    const float value = labels.values[i];
    if (std::isnan(value)) continue;
    const bool fits = highest < 0 ? std::isfinite(value)
                                  : value >= 0 && value <= highest &&
                                        std::floor(value) == value;
    if (!fits) {
      const Index place = static_cast<Index>(i) / task.target_cols();
      const Index row = labels.on_all_rows
                            ? place
                            : labels.rows[static_cast<std::size_t>(place)];
      Bad(Str(what, ", row ", row, ": label ", value, " is ",
              highest < 0 ? std::string("not finite")
                          : Str("outside 0 .. ", highest)));
    }
  }
}

void CheckWeights(const std::vector<float>& weights, Index count,
                  const std::string& what) {
  if (weights.empty()) return;
  if (static_cast<Index>(weights.size()) != count) {
    Bad(Str(what, ": ", weights.size(), " weights for ", count, " rows"));
  }
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!(weights[i] >= 0) || !std::isfinite(weights[i])) {
      Bad(Str(what, ": weight ", weights[i], " at place ", i,
              " is not a number from 0 on"));
    }
  }
}

void CheckLabels(const Task& task, const Labels& labels, Index rows) {
  const std::string what = Str("task '", task.name, "'");
  CheckTask(task, what);
  Index places = rows;
  if (!labels.on_all_rows) {
    CheckRows(labels.rows, rows, what);
    places = static_cast<Index>(labels.rows.size());
  } else if (!labels.rows.empty()) {
    Bad(Str(what, " is on all rows and lists rows"));
  }
  CheckSize(static_cast<Index>(labels.values.size()), places,
            task.target_cols(), what);
  CheckWeights(labels.weights, places, what);
  CheckLabelValues(task, labels, what);
}

void CheckTasks(const Dataset& dataset) {
  if (dataset.tasks.size() != dataset.labels.size()) {
    Bad(Str("there are ", dataset.labels.size(), " sets of labels for ",
            dataset.tasks.size(), " tasks"));
  }
  const std::vector<std::string> names = NamesOf(dataset.tasks);
  CheckUniqueNames(names, "the task");
  for (std::size_t i = 0; i < dataset.tasks.size(); ++i) {
    CheckLabels(dataset.tasks[i], dataset.labels[i], dataset.rows);
  }
}

// Splits are disjoint; folds are a second division, disjoint among
// themselves.
void CheckDisjoint(const Dataset& dataset, bool folds) {
  std::vector<const std::string*> owner(static_cast<std::size_t>(dataset.rows));
  for (const auto& [name, rows] : dataset.splits) {
    if (IsFoldName(name) != folds) continue;
    for (const Index row : rows) {
      const std::string*& at = owner[static_cast<std::size_t>(row)];
      if (at != nullptr) {
        Fail(ErrorKind::kBadInput,
             Str("row '", IdText(dataset.ids, row), "' is in two splits, '",
                 *at, "' and '", name, "'"),
             "splits may not overlap");
      }
      at = &name;
    }
  }
}

}  // namespace

void CheckDataset(const Dataset& dataset) {
  if (dataset.rows < 0) Bad(Str("there are ", dataset.rows, " rows"));
  CheckIds(dataset);
  CheckInputs(dataset);
  CheckTasks(dataset);
  for (const auto& [name, rows] : dataset.splits) {
    CheckRows(rows, dataset.rows, Str("split '", name, "'"));
  }
  CheckDisjoint(dataset, false);
  CheckDisjoint(dataset, true);
  CheckWeights(dataset.weights, dataset.rows, "row weights");
  if (!dataset.groups.empty() &&
      static_cast<Index>(dataset.groups.size()) != dataset.rows) {
    Bad(Str("there are ", dataset.groups.size(), " group numbers for ",
            dataset.rows, " rows"));
  }
}

}  // namespace mtlkit
