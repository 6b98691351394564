// What must hold of a dataset before anything indexes into it. These checks
// are the memory safety of all that reads datasets: a container can be intact
// and still hold row numbers that point outside it.
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "data/check_tools.h"
#include "data/dataset.h"
#include "data/schema.h"

namespace mtlkit {

using internal::Bad;
using internal::CheckInputs;
using internal::CheckSize;
using internal::CheckUniqueNames;

namespace {

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

void CheckTask(const Task& task, const std::string& what) {
  const auto classes = static_cast<Index>(task.classes.size());
  if (task.name.empty()) Bad("a task has no name");
  if (task.type == TaskType::kRegression) {
    if (task.width < 1) Bad(Str(what, " has ", task.width, " columns"));
    if (classes != 0) Bad(Str(what, " is a regression and has classes"));
    if (task.mean.size() != task.deviation.size() ||
        (!task.mean.empty() &&
         static_cast<Index>(task.mean.size()) != task.width)) {
      Bad(Str(what, " has ", task.mean.size(), " means and ",
              task.deviation.size(), " deviations for ", task.width,
              " columns"));
    }
    for (std::size_t i = 0; i < task.mean.size(); ++i) {
      if (!std::isfinite(task.mean[i]) || !std::isfinite(task.deviation[i]) ||
          task.deviation[i] <= 0) {
        Bad(Str(what, ": mean ", task.mean[i], " and deviation ",
                task.deviation[i], " cannot normalise it"));
      }
    }
    return;
  }
  if (task.type == TaskType::kBinary && classes != 2) {
    Bad(Str(what, " is binary and has ", classes, " classes"));
  }
  if (classes < 1 || classes > (1 << 24)) {
    Bad(Str(what, " has ", classes, " classes"));
  }
  CheckUniqueNames(task.classes, Str(what, ": class"));
}

// The largest label of a task, and -1 where any number will do.
Index HighestLabel(const Task& task) {
  if (task.type == TaskType::kRegression) return -1;
  if (task.type == TaskType::kMulticlass) {
    return static_cast<Index>(task.classes.size()) - 1;
  }
  return 1;
}

void CheckLabelValues(const Task& task, const Labels& labels,
                      const std::string& what) {
  const auto highest = static_cast<float>(HighestLabel(task));
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
