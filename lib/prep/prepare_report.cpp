// What `mtl-prep` checks of tasks and tells about the result.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "base/text.h"
#include "data/block_kind.h"
#include "data/head.h"
#include "data/label_view.h"
#include "data/schema.h"
#include "prep/prepare.h"
#include "prep/split.h"

namespace mtlkit {
namespace {

std::vector<bool> Mark(const std::vector<Index>& rows, Index count) {
  std::vector<bool> marks(static_cast<std::size_t>(count));
  for (const Index row : rows) marks[static_cast<std::size_t>(row)] = true;
  return marks;
}

// The labels of one target column that something is learned from: of rows of
// training with a weight, in order.
class Lessons {
 public:
  Lessons(const std::vector<bool>& is_training, const LabelView& labels,
          Index col)
      : is_training_(is_training), labels_(labels), col_(col) {}

  template <class Visit>
  void ForEach(Visit visit) const {
    for (Index place = 0; place < labels_.places(); ++place) {
      if (!is_training_[At(labels_.RowOf(place))]) continue;
      const float value = labels_.Value(place, col_);
      if (std::isnan(value) || labels_.Weight(place) <= 0) continue;
      visit(static_cast<double>(value));
    }
  }

  Index count() const {
    Index count = 0;
    ForEach([&](double) { ++count; });
    return count;
  }

 private:
  const std::vector<bool>& is_training_;
  const LabelView& labels_;
  Index col_;
};

void Normalise(const Lessons& lessons, Task* task) {
  const auto count = static_cast<double>(lessons.count());
  double mean = 0;
  lessons.ForEach([&](double value) { mean += value; });
  mean /= count;
  double square = 0;
  lessons.ForEach(
      [&](double value) { square += (value - mean) * (value - mean); });
  const double deviation = std::sqrt(square / count);
  task->mean.push_back(mean);
  // Rounding leaves equal labels a deviation of some units in the last place of
  // their mean; that is no spread, whatever the unit.
  task->deviation.push_back(deviation > 1e-12 * std::abs(mean) ? deviation : 1);
}

[[noreturn]] void FailNoLabel(const Task& task, Index col) {
  const std::string suffix = col < 0 ? "" : task.head().LabelSuffix(task, col);
  Fail(ErrorKind::kBadInput,
       Str("task '", task.name, "' has no label in the training rows",
           suffix.empty() ? "" : Str(" for '", task.name, suffix, "'")),
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

void WarnAbsent(const Task& task, const std::vector<Index>& rows_of_class,
                Reporter* reporter) {
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < rows_of_class.size(); ++i) {
    if (rows_of_class[i] == 0) missing.push_back(task.classes[i]);
  }
  WarnMissing(task, missing, "class", "absent from the training rows",
              reporter);
}

bool IsFraction(const std::string& name) {
  double value = 0;
  return ParseNumber(name, &value) && value != std::floor(value);
}

// What no training can begin with.
void RequireClasses(const Task& task, const std::vector<Index>& rows_of_class) {
  const auto occurs = [](Index rows) { return rows > 0; };
  const Index seen = std::ranges::count_if(rows_of_class, occurs);
  const auto first = std::ranges::find_if(rows_of_class, occurs);
  Require(
      seen > 1, ErrorKind::kBadInput,
      Str("task '", task.name, "' has one class only in the training rows, '",
          task.classes[At(first - rows_of_class.begin())], "'"),
      "there is nothing to learn from it; leave the task out, or split "
      "otherwise (--stratify)");
  // Measured numbers, hardly one of which occurs twice, are no classes.
  const bool measured =
      std::any_of(task.classes.begin(), task.classes.end(), IsFraction);
  const Index rows =
      std::accumulate(rows_of_class.begin(), rows_of_class.end(), Index{0});
  Require(!measured || 2 * seen <= rows, ErrorKind::kBadInput,
          Str("task '", task.name, "' has ", seen, " different numbers in ",
              rows, " training rows, which are no classes"),
          Str("--task ", task.name, "=regression"));
}

// A number that never changes can be learned, but there is nothing to it.
void WarnConstant(const Lessons& lessons, const Task& task, Index col,
                  Reporter* reporter) {
  double first = std::numeric_limits<double>::quiet_NaN();
  bool is_constant = true;
  lessons.ForEach([&](double value) {
    if (std::isnan(first)) first = value;
    is_constant = is_constant && value == first;
  });
  if (!is_constant || lessons.count() < 2) return;
  reporter->Warn(Str("task '", task.name, "'",
                     task.width > 1 ? Str(", column ", col) : std::string(),
                     ": all ", lessons.count(),
                     " labels of the training rows are ",
                     FormatNumber(static_cast<float>(first)),
                     ": there is nothing to learn from them"));
}

void FitRegression(const std::vector<bool>& is_training,
                   const LabelView& labels, Task* task, Reporter* reporter) {
  for (Index col = 0; col < labels.cols(); ++col) {
    const Lessons lessons(is_training, labels, col);
    if (lessons.count() == 0) FailNoLabel(*task, col);
    WarnConstant(lessons, *task, col, reporter);
    if (task->type.traits().scales_labels) Normalise(lessons, task);
  }
}

void CheckClasses(const std::vector<bool>& is_training, const LabelView& labels,
                  Reporter* reporter) {
  const Task& task = labels.task();
  std::vector<Index> rows_of_class(task.classes.size());
  Lessons(is_training, labels, 0).ForEach([&](double value) {
    ++rows_of_class[static_cast<std::size_t>(value)];
  });
  const bool any =
      std::ranges::any_of(rows_of_class, [](Index rows) { return rows > 0; });
  if (!any) FailNoLabel(task, -1);
  RequireClasses(task, rows_of_class);
  WarnAbsent(task, rows_of_class, reporter);
}

void CheckLabelSets(const std::vector<bool>& is_training,
                    const LabelView& labels, Reporter* reporter) {
  const Task& task = labels.task();
  std::vector<std::string> never_set;
  Index unknown = 0;
  Index last_unknown = 0;  // of the labels that no row says anything of
  for (Index col = 0; col < labels.cols(); ++col) {
    Index known = 0;
    Index set = 0;
    Lessons(is_training, labels, col).ForEach([&](double value) {
      ++known;
      set += value == 1.0;
    });
    if (set == 0) never_set.push_back(task.classes[At(col)]);
    if (known > 0) continue;
    ++unknown;
    last_unknown = col;
  }
  if (unknown == labels.cols()) FailNoLabel(task, -1);
  if (unknown > 0) FailNoLabel(task, last_unknown);
  WarnMissing(task, never_set, "label", "never set in the training rows",
              reporter);
}

void FitTask(const std::vector<bool>& is_training, const LabelView& labels,
             Task* task, Reporter* reporter) {
  task->mean.clear();
  task->deviation.clear();
  if (!task->is_classification()) {
    FitRegression(is_training, labels, task, reporter);
  } else if (task->traits().one_class) {
    CheckClasses(is_training, labels, reporter);
  } else {
    CheckLabelSets(is_training, labels, reporter);
  }
}

Index LabelledPlaces(const LabelView& labels,
                     const std::vector<bool>& is_chosen) {
  Index count = 0;
  for (Index place = 0; place < labels.places(); ++place) {
    count += is_chosen[At(labels.RowOf(place))] && labels.HasLabel(place);
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
    const LabelView labels(dataset, static_cast<Index>(i));
    reporter->Note(
        Str("task ", task.name, ": ", task.head().Describe(task), "; ",
            Counted(LabelledPlaces(labels, all), "row", "rows"), " labelled, ",
            LabelledPlaces(labels, is_training), " of them for training"));
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
                       EntryOf(spec.kind).contents));
  }
}

// Rows that nobody uses are seldom meant.
void WarnOfRowsInNoSplit(const Dataset& dataset, Reporter* reporter) {
  if (dataset.splits.count("train") == 0) return;  // the rest is for training
  std::vector<bool> taken(At(dataset.rows));
  for (const auto& [name, rows] : dataset.splits) {
    for (const Index row : rows) taken[At(row)] = true;
  }
  const Index left = std::ranges::count(taken, false);
  if (left == 0) return;
  reporter->Warn(Str(left, " of ", Counted(dataset.rows, "row is", "rows are"),
                     " in no split: nothing is learned from ",
                     left == 1 ? "it" : "them", " or measured on ",
                     left == 1 ? "it" : "them",
                     " (fractions of --split that add up to 1 divide all)"));
}

void ReportRows(const Dataset& dataset, Reporter* reporter) {
  std::vector<std::string> splits;
  constexpr std::size_t kMostSplits = 20;
  const std::vector<std::string> names = dataset.SplitNames();
  for (const std::string& name : names) {
    splits.push_back(Str(name, " ", dataset.SplitRows(name).size()));
  }
  if (names.size() > kMostSplits) {
    splits.resize(kMostSplits / 2);
    splits.push_back(Str("... (", names.size(), " splits)"));
  }
  reporter->Note(
      Str(Counted(dataset.rows, "row", "rows"), ": ",
          splits.empty() ? "no splits, all for training" : Join(splits, ", ")));
  WarnOfRowsInNoSplit(dataset, reporter);
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
    FitTask(is_training, LabelView(*dataset, static_cast<Index>(i)),
            &dataset->tasks[i], reporter);
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
