// What `mtl-prep` checks of tasks and tells about the result.
#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"
#include "data/schema.h"
#include "prep/prepare.h"
#include "prep/split.h"

namespace mtlkit {
namespace {

// Places of a task's labels whose row is in `is_chosen`.
std::vector<Index> PlacesIn(const Labels& labels, Index cols,
                            const std::vector<bool>& is_chosen) {
  std::vector<Index> places;
  for (Index place = 0; place < labels.PlaceCount(cols); ++place) {
    const auto row = static_cast<std::size_t>(labels.RowOf(place));
    if (is_chosen[row]) places.push_back(place);
  }
  return places;
}

std::vector<bool> Mark(const std::vector<Index>& rows, Index count) {
  std::vector<bool> marks(static_cast<std::size_t>(count));
  for (const Index row : rows) marks[static_cast<std::size_t>(row)] = true;
  return marks;
}

// The known labels of one target column at `places`, in order.
std::vector<double> Known(const Labels& labels, Index cols, Index col,
                          const std::vector<Index>& places) {
  std::vector<double> known;
  for (const Index place : places) {
    const float value =
        labels.values[static_cast<std::size_t>(place * cols + col)];
    if (!std::isnan(value)) known.push_back(static_cast<double>(value));
  }
  return known;
}

void Normalise(const std::vector<double>& values, Task* task) {
  const auto count = static_cast<double>(values.size());
  double mean = 0;
  for (const double value : values) mean += value;
  mean /= count;
  double square = 0;
  for (const double value : values) square += (value - mean) * (value - mean);
  const double deviation = std::sqrt(square / count);
  task->mean.push_back(mean);
  // Rounding leaves equal labels a deviation of some units in the last place of
  // their mean; that is no spread, whatever the unit.
  task->deviation.push_back(deviation > 1e-12 * std::abs(mean) ? deviation : 1);
}

[[noreturn]] void FailNoLabel(const Task& task) {
  Fail(ErrorKind::kBadInput,
       Str("task '", task.name, "' has no label in the training rows"),
       "there is nothing to learn from; leave the task out, or split "
       "otherwise (--stratify)");
}

// Says which of the classes (or labels) of a task are not in the training rows:
// one by one if they are few, else how many.
void WarnMissing(const Task& task, const std::vector<std::string>& missing,
                 std::string_view what, std::string_view how,
                 Reporter* reporter) {
  constexpr std::size_t kFew = 3;
  if (missing.size() <= kFew) {
    for (const std::string& name : missing) {
      reporter->Warn(
          Str(what, " '", name, "' of task '", task.name, "' is ", how));
    }
    return;
  }
  reporter->Warn(Str(
      missing.size(), " of the ", task.classes.size(), " ", what,
      what == "class" ? "es" : "s", " of task '", task.name, "' are ", how,
      ": '", Join({missing.begin(), missing.begin() + kFew}, "', '"), "' ..."));
}

void WarnAbsent(const Task& task, const std::vector<double>& values,
                Reporter* reporter) {
  std::vector<bool> occurs(task.classes.size());
  for (const double value : values)
    occurs[static_cast<std::size_t>(value)] = true;
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < occurs.size(); ++i) {
    if (!occurs[i]) missing.push_back(task.classes[i]);
  }
  WarnMissing(task, missing, "class", "absent from the training rows",
              reporter);
}

bool IsFraction(const std::string& name) {
  double value = 0;
  return ParseNumber(name, &value) && value != std::floor(value);
}

// What no training can begin with.
void RequireClasses(const Task& task, const std::vector<double>& values) {
  const std::set<double> seen(values.begin(), values.end());
  Require(
      seen.size() > 1, ErrorKind::kBadInput,
      Str("task '", task.name, "' has one class only in the training rows, '",
          task.classes[static_cast<std::size_t>(*seen.begin())], "'"),
      "there is nothing to learn from it; leave the task out, or split "
      "otherwise (--stratify)");
  // Measured numbers, hardly one of which occurs twice, are no classes.
  const bool measured =
      std::any_of(task.classes.begin(), task.classes.end(), IsFraction);
  Require(
      !measured || 2 * seen.size() <= values.size(), ErrorKind::kBadInput,
      Str("task '", task.name, "' has ", seen.size(), " different numbers in ",
          values.size(), " training rows, which are no classes"),
      Str("--task ", task.name, "=regression"));
}

void FitTask(const std::vector<bool>& is_training, const Labels& labels,
             Task* task, Reporter* reporter) {
  const Index cols = task->target_cols();
  const std::vector<Index> places = PlacesIn(labels, cols, is_training);
  task->mean.clear();
  task->deviation.clear();
  bool any = false;
  std::vector<std::string> never_set;
  for (Index col = 0; col < cols; ++col) {
    const std::vector<double> values = Known(labels, cols, col, places);
    any |= !values.empty();
    if (!task->is_classification()) {
      if (values.empty()) FailNoLabel(*task);
      Normalise(values, task);
    } else if (task->traits().one_class && !values.empty()) {
      RequireClasses(*task, values);
      WarnAbsent(*task, values, reporter);
    } else if (!task->traits().one_class &&
               std::find(values.begin(), values.end(), 1.0) == values.end()) {
      never_set.push_back(task->classes[static_cast<std::size_t>(col)]);
    }
  }
  WarnMissing(*task, never_set, "label", "never set in the training rows",
              reporter);
  if (!any) FailNoLabel(*task);
}

Index LabelledPlaces(const Labels& labels, Index cols,
                     const std::vector<Index>& places) {
  Index count = 0;
  for (const Index place : places) {
    const auto first =
        labels.values.begin() + static_cast<std::ptrdiff_t>(place * cols);
    count += std::any_of(first, first + cols,
                         [](float value) { return !std::isnan(value); });
  }
  return count;
}

// More tasks than this are summed up in one line.
constexpr std::size_t kMostTaskLines = 20;

void ReportTasks(const Dataset& dataset, Reporter* reporter) {
  const std::vector<bool> is_training =
      Mark(TrainingRowsOf(dataset), dataset.rows);
  const std::vector<bool> all(is_training.size(), true);
  const std::size_t shown =
      dataset.tasks.size() > kMostTaskLines ? 3 : dataset.tasks.size();
  for (std::size_t i = 0; i < shown; ++i) {
    const Task& task = dataset.tasks[i];
    const Labels& labels = dataset.labels[i];
    const Index cols = task.target_cols();
    reporter->Note(
        Str("task ", task.name, ": ", task.head().Describe(task), "; ",
            LabelledPlaces(labels, cols, PlacesIn(labels, cols, all)),
            " rows labelled, ",
            LabelledPlaces(labels, cols, PlacesIn(labels, cols, is_training)),
            " of them for training"));
  }
  if (shown < dataset.tasks.size()) {
    reporter->Note(Str("and ", dataset.tasks.size() - shown,
                       " more tasks like these, up to ",
                       dataset.tasks.back().name));
  }
}

void ReportInput(const InputSpec& spec, Reporter* reporter) {
  if (spec.kind == InputKind::kImage) {
    reporter->Note(Str("input '", spec.name, "': images of ", spec.height,
                       " x ", spec.width, ", ",
                       Counted(spec.cols, "channel", "channels")));
  } else if (spec.kind != InputKind::kTokens) {
    reporter->Note(Str("input '", spec.name,
                       "': ", Counted(spec.cols, "column", "columns"),
                       TraitsOf(spec.kind).contents));
  }
}

void ReportRows(const Dataset& dataset, Reporter* reporter) {
  std::vector<std::string> splits;
  for (const std::string& name : dataset.SplitNames()) {
    splits.push_back(Str(name, " ", dataset.SplitRows(name).size()));
  }
  reporter->Note(
      Str(dataset.rows, " rows: ",
          splits.empty() ? "no splits, all for training" : Join(splits, ", ")));
  ReportTasks(dataset, reporter);
}

void ReportTokens(const InputBlock& block, Reporter* reporter) {
  reporter->Note(
      Str("input '", block.name,
          "': ", Counted(block.codes.size(), "token", "tokens"), " of ",
          Counted(std::ssize(block.categories[0]), "word", "words")));
}

}  // namespace

void FitTasks(const std::vector<Index>& rows, Dataset* dataset,
              Reporter* reporter) {
  const std::vector<bool> is_training = Mark(rows, dataset->rows);
  for (std::size_t i = 0; i < dataset->tasks.size(); ++i) {
    FitTask(is_training, dataset->labels[i], &dataset->tasks[i], reporter);
  }
}

void ReportDataset(const Dataset& dataset, Reporter* reporter) {
  ReportRows(dataset, reporter);
  for (const InputBlock& block : dataset.inputs) {
    if (block.kind == InputKind::kTokens) ReportTokens(block, reporter);
    ReportInput(block, reporter);
  }
}

void ReportDataset(const Prepared& prepared, Reporter* reporter) {
  ReportRows(prepared.rows, reporter);
  for (const InputSpec& spec : prepared.inputs) {
    const InputBlock* own = prepared.rows.FindInput(spec.name);
    if (spec.kind == InputKind::kTokens) ReportTokens(*own, reporter);
    ReportInput(spec, reporter);
  }
}

}  // namespace mtlkit
