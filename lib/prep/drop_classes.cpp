#include "prep/drop_classes.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "data/head.h"

namespace mtlkit {
namespace {

// The new number of each class, -1 for those that go.
std::vector<Index> Renumbered(const std::vector<bool>& goes) {
  std::vector<Index> numbers;
  Index next = 0;
  for (const bool is_gone : goes) numbers.push_back(is_gone ? -1 : next++);
  return numbers;
}

void RenumberClasses(const std::vector<Index>& number, Labels* labels) {
  LabelCells& values = labels->values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float value = values[i];
    if (std::isnan(value)) continue;
    const Index now = number[static_cast<std::size_t>(value)];
    values[i] = now < 0 ? std::numeric_limits<float>::quiet_NaN()
                        : static_cast<float>(now);
  }
}

void RemoveColumns(const std::vector<bool>& goes, Labels* labels) {
  LabelCells kept(labels->values.storage());
  for (std::size_t at = 0; at < labels->values.size(); ++at) {
    if (!goes[at % goes.size()]) kept.push_back(labels->values[at]);
  }
  labels->values = std::move(kept);
}

template <class T>
void RemoveMarked(const std::vector<bool>& goes, std::vector<T>* items) {
  if (items->size() != goes.size()) return;
  std::vector<T> kept;
  for (std::size_t i = 0; i < goes.size(); ++i) {
    if (!goes[i]) kept.push_back(std::move((*items)[i]));
  }
  *items = std::move(kept);
}

void Drop(const std::vector<bool>& goes, Task* task, Labels* labels) {
  for (std::size_t i = 0; i < goes.size(); ++i) {
    // What a raw table says of it is passed over, too.
    if (goes[i]) task->source.dropped.push_back(task->classes[i]);
  }
  if (!task->type.traits().one_class) {
    RemoveColumns(goes, labels);
    // Of several columns one is a label.
    if (!task->source.absent.empty()) {
      RemoveMarked(goes, &task->source.columns);
      RemoveMarked(goes, &task->source.absent);
      RemoveMarked(goes, &task->source.present);
    }
  } else {
    RenumberClasses(Renumbered(goes), labels);
  }
  RemoveMarked(goes, &task->classes);
}

std::vector<Index> RowsOfClasses(const Task& task, const Labels& labels) {
  std::vector<Index> rows(task.classes.size());
  for (const float value : labels.values) {
    if (!std::isnan(value)) ++rows[static_cast<std::size_t>(value)];
  }
  return rows;
}

}  // namespace

void DropClass(std::string_view request, Dataset* dataset) {
  const std::string flag = Str("--drop-class ", request);
  const std::size_t equals = request.find('=');
  Require(equals != std::string_view::npos && equals > 0, ErrorKind::kUsage,
          Str(flag, " is not TASK=CLASS"));
  const std::string name(request.substr(0, equals));
  const std::string class_name(request.substr(equals + 1));
  const Index at = FindTask(dataset->tasks, name);
  if (at < 0) {
    const std::vector<std::string> names = NamesOf(dataset->tasks);
    const std::string near = Nearest(name, names);
    Fail(ErrorKind::kUsage,
         Str(flag, ": there is no task '", name, "'",
             near.empty() ? "" : Str("; did you mean '", near, "'?")),
         Str("the tasks are: ", Join(names, ", ")));
  }
  Task& task = dataset->tasks[At(at)];
  Require(task.is_classification() && !task.type.traits().has_positive,
          ErrorKind::kUsage,
          Str(flag, ": the task is ", TaskTypeName(task.type)),
          "only multi-class and multi-label tasks can do without a class");
  const Index number = FindClass(task, class_name);
  if (number < 0) {
    const std::string near = Nearest(class_name, task.classes);
    Fail(ErrorKind::kUsage,
         Str(flag, ": there is no class '", class_name, "'",
             near.empty() ? "" : Str("; did you mean '", near, "'?")),
         Str("its classes are: ", Join(task.classes, ", ")));
  }
  Require(task.classes.size() > 2, ErrorKind::kUsage,
          Str(flag, ": one class alone would be left"),
          "leave the task out instead");
  std::vector<bool> goes(task.classes.size());
  goes[At(number)] = true;
  Drop(goes, &task, &dataset->labels[At(at)]);
}

void DropRareClasses(Index least, Dataset* dataset, Reporter* reporter) {
  bool any = false;
  for (std::size_t i = 0; i < dataset->tasks.size(); ++i) {
    Task& task = dataset->tasks[i];
    const HeadTraits& traits = task.type.traits();
    if (!traits.one_class || traits.has_positive) continue;
    any = true;
    std::vector<bool> goes;
    std::vector<std::string> names;
    for (const Index rows : RowsOfClasses(task, dataset->labels[i])) {
      goes.push_back(rows < least);
      if (goes.back()) names.push_back(task.classes[goes.size() - 1]);
    }
    if (names.empty()) continue;
    Require(task.classes.size() - names.size() >= 2, ErrorKind::kUsage,
            Str("--min-class-rows ", least, ": task '", task.name,
                "' would be left with ", task.classes.size() - names.size(),
                " of its classes"),
            "give a smaller number");
    Drop(goes, &task, &dataset->labels[i]);
    constexpr std::size_t kShown = 10;
    const bool many = names.size() > kShown;
    reporter->Note(Str(
        "task ", task.name, ": left out ",
        Counted(static_cast<Index>(names.size()), "class", "classes"),
        " of fewer than ", least, " rows: ",
        Join({names.begin(),
              names.begin() +
                  static_cast<std::ptrdiff_t>(std::min(names.size(), kShown))},
             ", "),
        many ? " ..." : ""));
  }
  Require(any, ErrorKind::kUsage,
          "--min-class-rows has no effect: no task has several classes",
          "leave it out");
}

}  // namespace mtlkit
