// What must hold of a dataset before anything indexes into it. These checks
// are the memory safety of all that reads datasets: a container can be intact
// and still hold row numbers that point outside it.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/check_tools.h"
#include "data/dataset.h"
#include "data/head.h"
#include "data/schema.h"
#include "data/tag_labels.h"

namespace mtlkit {

using internal::Bad;
using internal::CheckInputs;
using internal::CheckSize;
using internal::CheckUniqueNames;

namespace {

// Ascending, unique, in [0, rows).
// `may_repeat`: once for each token.
template <class T>
void CheckRows(const std::vector<T>& numbers, Index rows,
               const std::string& what, bool may_repeat = false) {
  T last = -1;
  for (const T row : numbers) {
    if (row < 0 || row >= rows) {
      Bad(Str(what, ": row ", row, " is outside 0 .. ", rows - 1));
    }
    if (row < last || (row == last && !may_repeat)) {
      Bad(Str(what, ": row ", row, " comes after row ", last,
              "; rows are ascending and unique"));
    }
    last = row;
  }
}

void CheckIds(const Dataset& dataset) {
  const Index count = IdCount(dataset.ids);
  if (count != dataset.rows) {
    Bad(Str(count == 1 ? "there is " : "there are ",
            Counted(count, "id", "ids"), " for ",
            Counted(dataset.rows, "row", "rows")));
  }
  std::visit(
      [](const auto& ids) {
        const auto unordered =
            std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>());
        if (unordered == ids.end()) return;  // as running numbers are
        std::vector values(ids.begin(), ids.end());
        std::sort(values.begin(), values.end());
        const auto twice = std::adjacent_find(values.begin(), values.end());
        if (twice != values.end()) {
          Fail(ErrorKind::kBadInput, Str("id '", *twice, "' occurs twice"),
               "ids name rows: each may occur once");
        }
      },
      dataset.ids);
}

void CheckLabelValues(const Task& task, const Labels& labels,
                      const std::string& what) {
  const auto highest = static_cast<float>(task.head().label_count(task) - 1);
  const auto least = static_cast<float>(task.traits().least_label);
  for (std::size_t i = 0; i < labels.values.size(); ++i) {
    const float value = labels.values[i];
    if (std::isnan(value)) continue;
    const bool fits = highest < 0 ? std::isfinite(value) && value >= least
                                  : value >= 0 && value <= highest &&
                                        std::floor(value) == value;
    if (!fits) {
      const Index place = static_cast<Index>(i) / task.target_cols();
      const Index row = labels.on_all_rows ? place : labels.rows[At(place)];
      Bad(Str(what, ", row ", row, ": label ", value, " is ",
              highest >= 0           ? Str("outside 0 .. ", highest)
              : std::isfinite(value) ? Str("below ", least)
                                     : std::string("not finite")));
    }
  }
}

// Of a time and its event both are known, and the event came or did not.
void CheckEvents(const Task& task, const Labels& labels,
                 const std::string& what) {
  if (!task.traits().is_censored) return;
  for (std::size_t i = 0; i + 1 < labels.values.size(); i += 2) {
    const float time = labels.values[i];
    const float event = labels.values[i + 1];
    const bool is_whole = std::isnan(time) == std::isnan(event);
    if (is_whole && (std::isnan(event) || event == 0 || event == 1)) continue;
    const Index row = labels.RowOf(static_cast<Index>(i) / 2);
    Bad(is_whole
            ? Str(what, ", row ", row, ": event ", event, " is neither 0 nor 1")
            : Str(what, ", row ", row,
                  ": it has a time or an event, and not both"));
  }
}

void CheckWeights(const std::vector<float>& weights, Index count,
                  const std::string& what) {
  if (weights.empty()) return;
  if (static_cast<Index>(weights.size()) != count) {
    Bad(Str(what, ": ", Counted(std::ssize(weights), "weight", "weights"),
            " for ", Counted(count, "row", "rows")));
  }
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!(weights[i] >= 0) || !std::isfinite(weights[i])) {
      Bad(Str(what, ": weight ", weights[i], " at place ", i,
              " is not a number from 0 on"));
    }
  }
}

// The smallest weight above 0 and the largest; of none 1 and 1.
std::pair<double, double> RangeOf(const std::vector<float>& weights) {
  double least = std::numeric_limits<double>::infinity();
  double most = 0;
  for (const float weight : weights) {
    if (weight > 0) least = std::min(least, static_cast<double>(weight));
    most = std::max(most, static_cast<double>(weight));
  }
  return most > 0 ? std::pair(least, most) : std::pair(1.0, 1.0);
}

// A label counts with the product of both, which is kept as a float.
void CheckProducts(const Dataset& dataset) {
  if (dataset.weights.empty()) return;
  const auto [row_least, row_most] = RangeOf(dataset.weights);
  for (std::size_t i = 0; i < dataset.tasks.size(); ++i) {
    const auto [least, most] = RangeOf(dataset.labels[i].weights);
    using Limits = std::numeric_limits<float>;
    if (row_most * most <= static_cast<double>(Limits::max()) &&
        row_least * least >= static_cast<double>(Limits::min())) {
      continue;
    }
    Fail(ErrorKind::kBadInput,
         Str("task '", dataset.tasks[i].name, "': weights of rows (", row_least,
             " .. ", row_most, ") times those of its labels (", least, " .. ",
             most, ") are too large or too small for single precision"),
         "divide the weights by a constant: only their ratios count");
  }
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

[[noreturn]] void FailInTwoSplits(const Dataset& dataset, Index row,
                                  const std::string& second, bool folds) {
  const auto first = std::ranges::find_if(dataset.splits, [&](const auto& at) {
    return IsFoldName(at.first) == folds &&
           std::ranges::binary_search(at.second, row);
  });
  Fail(ErrorKind::kBadInput,
       Str("row '", IdText(dataset.ids, row), "' is in two splits, '",
           first->first, "' and '", second, "'"),
       "splits may not overlap");
}

// Splits, whose rows ascend, are disjoint; folds are a second division,
// disjoint among themselves.
void CheckDisjoint(const Dataset& dataset, bool folds) {
  if (dataset.splits.empty()) return;
  std::vector<bool> taken(At(dataset.rows));
  for (const auto& [name, rows] : dataset.splits) {
    if (IsFoldName(name) != folds) continue;
    for (const Index row : rows) {
      if (taken[At(row)]) FailInTwoSplits(dataset, row, name, folds);
      taken[At(row)] = true;
    }
  }
}

void CheckAll(const Dataset& dataset, bool has_inputs) {
  if (dataset.rows < 0) Bad(Str("there are ", dataset.rows, " rows"));
  CheckIds(dataset);
  if (has_inputs) CheckInputs(dataset);
  CheckTasks(dataset);
  if (has_inputs) CheckTagLabels(dataset);
  for (const auto& [name, rows] : dataset.splits) {
    CheckRows(rows, dataset.rows, Str("split '", name, "'"));
  }
  CheckDisjoint(dataset, false);
  CheckDisjoint(dataset, true);
  CheckWeights(dataset.weights, dataset.rows, "row weights");
  CheckProducts(dataset);
  if (!dataset.groups.empty() &&
      static_cast<Index>(dataset.groups.size()) != dataset.rows) {
    Bad(Str("there are ", dataset.groups.size(), " group numbers for ",
            dataset.rows, " rows"));
  }
}

}  // namespace

void CheckTask(const Task& task) {
  if (task.name.empty()) Bad("a task has no name");
  const std::string what = Str("task '", task.name, "'");
  const std::string fault = task.head().Fault(task);
  if (!fault.empty()) Bad(what + fault);
  CheckUniqueNames(task.classes, Str(what, ": class"));
}

void CheckLabels(const Task& task, const Labels& labels, Index rows) {
  const std::string what = Str("task '", task.name, "'");
  CheckTask(task);
  Index places = rows;
  if (task.traits().of_tokens && labels.on_all_rows) {
    Bad(Str(what, " has a label for each token and does not say of which row"));
  }
  if (!labels.on_all_rows) {
    CheckRows(labels.rows, rows, what, task.traits().of_tokens);
    places = static_cast<Index>(labels.rows.size());
  } else if (!labels.rows.empty()) {
    Bad(Str(what, " is on all rows and lists rows"));
  }
  CheckSize(static_cast<Index>(labels.values.size()), places,
            task.target_cols(), what);
  CheckWeights(labels.weights, places, what);
  CheckLabelValues(task, labels, what);
  CheckEvents(task, labels, what);
}

void CheckDataset(const Dataset& dataset) {
  CheckAll(dataset, true);
}

void internal::CheckAllButInputs(const Dataset& dataset) {
  CheckAll(dataset, false);
}

}  // namespace mtlkit
