// What `mtl-prep` checks of tasks, and the scales of those that are numbers.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"
#include "data/label_view.h"
#include "data/schema.h"
#include "data/task_families.h"
#include "prep/lessons.h"
#include "prep/prepare.h"

namespace mtlkit {
namespace {

// Labels of one column as they are learned, before they are normalised.
struct Spread {
  double count = 0;
  double mean = 0;
  double squares = 0;  // of what is apart from the mean
};

Spread SpreadOf(const Lessons& lessons, const Task& task, Index col) {
  const auto learned = [&](double label) {
    return task.curves.empty() ? label : task.curves[At(col)].Apply(label);
  };
  Spread spread;
  lessons.ForEach([&](double label) {
    spread.count += 1;
    spread.mean += learned(label);
  });
  spread.mean /= spread.count;
  lessons.ForEach([&](double label) {
    const double apart = learned(label) - spread.mean;
    spread.squares += apart * apart;
  });
  return spread;
}

// Rounding leaves equal labels a deviation of some units in the last place of
// their mean; that is no spread, whatever the unit.
double DeviationOf(double squares, double count, double mean) {
  const double deviation = std::sqrt(squares / count);
  return deviation > 1e-12 * std::abs(mean) ? deviation : 1;
}

void Normalise(const Spread& spread, Task* task) {
  task->mean.push_back(spread.mean);
  task->deviation.push_back(
      DeviationOf(spread.squares, spread.count, spread.mean));
}

// One scale for a column on the rows of many groups, and for each group its
// mean drawn towards that of all by what it may owe to chance (empirical Bayes;
// James and Stein, 1961; the variance between groups by moments, as DerSimonian
// and Laird, 1986): with few rows a group's own mean says little.
void NormaliseFamily(const std::vector<Spread>& spreads, std::size_t col,
                     const std::vector<Task*>& tasks) {
  double count = 0;
  double count_squares = 0;
  double sum = 0;
  double within = 0;
  for (const Spread& spread : spreads) {
    count += spread.count;
    count_squares += spread.count * spread.count;
    sum += spread.count * spread.mean;
    within += spread.squares;
  }
  const double all = sum / count;
  const auto groups = static_cast<double>(spreads.size());
  const double variance = within / std::max(1.0, count - groups);
  double apart = 0;
  for (const Spread& spread : spreads) {
    apart += spread.count * (spread.mean - all) * (spread.mean - all);
  }
  const double between = std::max(
      0.0, (apart - (groups - 1) * variance) / (count - count_squares / count));
  double weights = 0;
  double centre = 0;
  for (const Spread& spread : spreads) {
    const double error = between + variance / spread.count;
    const double weight = error > 0 ? 1 / error : 1;
    weights += weight;
    centre += weight * spread.mean;
  }
  centre /= weights;
  double squares = within;
  std::vector<double> means;
  for (const Spread& spread : spreads) {
    const double error = between + variance / spread.count;
    const double share = error > 0 ? between / error : 0;
    means.push_back(centre + share * (spread.mean - centre));
    squares += spread.count * (spread.mean - means.back()) *
               (spread.mean - means.back());
  }
  const double deviation = DeviationOf(squares, count, centre);
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    tasks[i]->mean[col] = means[i];
    tasks[i]->deviation[col] = deviation;
  }
}

void NormaliseFamilies(const std::vector<bool>& is_training, Dataset* dataset) {
  for (const auto& family : MembersOfFamilies(dataset->tasks)) {
    std::vector<Task*> tasks;
    for (const Index i : family) tasks.push_back(&dataset->tasks[At(i)]);
    for (std::size_t col = 0; col < tasks[0]->mean.size(); ++col) {
      std::vector<Spread> spreads;
      for (const Index i : family) {
        const LabelView labels(*dataset, i);
        spreads.push_back(
            SpreadOf(Lessons(is_training, labels, static_cast<Index>(col)),
                     labels.task(), static_cast<Index>(col)));
      }
      NormaliseFamily(spreads, col, tasks);
    }
  }
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
    if (task->traits().is_written) return;  // that it is there, says no label
    WarnConstant(lessons, *task, col, reporter);
    if (task->type.traits().scales_labels) {
      Normalise(SpreadOf(lessons, *task, col), task);
    }
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

// Of a map: the pixels of each class.
void CheckPixels(const std::vector<bool>& is_training, const LabelView& labels,
                 Reporter* reporter) {
  const Task& task = labels.task();
  std::vector<Index> pixels(task.classes.size());
  for (Index col = 0; col < labels.cols(); ++col) {
    Lessons(is_training, labels, col).ForEach([&](double value) {
      ++pixels[static_cast<std::size_t>(value)];
    });
  }
  const auto occurs = [](Index count) { return count > 0; };
  const Index seen = std::ranges::count_if(pixels, occurs);
  if (seen == 0) FailNoLabel(task, -1);
  Require(seen > 1, ErrorKind::kBadInput,
          Str("task '", task.name, "': all pixels of the training rows are '",
              task.classes[static_cast<std::size_t>(
                  std::ranges::find_if(pixels, occurs) - pixels.begin())],
              "'"),
          "there is nothing to learn from it; leave the task out, or split "
          "otherwise (--stratify)");
  WarnAbsent(task, pixels, reporter);
}

void FitTask(const std::vector<bool>& is_training, const LabelView& labels,
             Task* task, Reporter* reporter) {
  task->mean.clear();
  task->deviation.clear();
  if (!task->is_classification()) {
    FitRegression(is_training, labels, task, reporter);
  } else if (task->traits().is_map) {
    CheckPixels(is_training, labels, reporter);
  } else if (task->traits().one_class) {
    CheckClasses(is_training, labels, reporter);
  } else {
    CheckLabelSets(is_training, labels, reporter);
  }
}

}  // namespace

void FitTasks(const std::vector<Index>& rows, Dataset* dataset,
              Reporter* reporter) {
  const std::vector<bool> is_training = MarkRows(rows, dataset->rows);
  for (std::size_t i = 0; i < dataset->tasks.size(); ++i) {
    FitTask(is_training, LabelView(*dataset, static_cast<Index>(i)),
            &dataset->tasks[i], reporter);
  }
  NormaliseFamilies(is_training, dataset);
}

}  // namespace mtlkit
