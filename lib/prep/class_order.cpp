#include "prep/class_order.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "data/head.h"

namespace mtlkit {
namespace {

// Makes `order` the task's classes; it holds the same names.
void Reorder(std::vector<std::string> order, LabelledTask* task) {
  std::unordered_map<std::string_view, float> places;
  for (const std::string& name : order) {
    places.emplace(name, static_cast<float>(places.size()));
  }
  std::vector<float> number;  // of each class, in the new order
  for (const std::string& name : task->task.classes) {
    number.push_back(places.at(name));
  }
  LabelCells& labels = task->labels.values;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const float label = labels[i];
    if (!std::isnan(label)) labels[i] = number[static_cast<std::size_t>(label)];
  }
  task->task.classes = std::move(order);
}

std::vector<std::string> Sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end(), NaturalLess);
  return names;
}

void OrderAsAsked(const std::string& request, std::vector<std::string> order,
                  LabelledTask* task) {
  const std::string flag = Str("--classes ", request);
  Require(task->task.traits().one_class, ErrorKind::kUsage,
          Str(flag, ": the task is ", TaskTypeName(task->task.type)),
          "only tasks with one class a row have an order of classes");
  const std::unordered_set<std::string_view> known(task->task.classes.begin(),
                                                   task->task.classes.end());
  for (const std::string& name : order) {
    if (known.contains(name)) continue;
    const std::string near = Nearest(name, task->task.classes);
    Fail(ErrorKind::kUsage,
         Str(flag, ": there is no class '", name, "'",
             near.empty() ? "" : Str("; did you mean '", near, "'?")),
         Str("its classes are: ", Join(task->task.classes, ", ")));
  }
  Require(Sorted(order) == Sorted(task->task.classes), ErrorKind::kUsage,
          Str(flag, ": not every class is there once"),
          Str("its classes are: ", Join(task->task.classes, ", ")));
  Reorder(std::move(order), task);
}

// By their numbers; an error where they are words.
void OrderByNumber(LabelledTask* task) {
  std::vector<std::pair<double, std::string>> numbers;
  for (const std::string& name : task->task.classes) {
    double value = 0;
    Require(ParseNumber(name, &value), ErrorKind::kUsage,
            Str("task '", task->task.name, "' is ordinal, and the order of '",
                name, "' and its other classes is not known"),
            Str("give it from the lowest on: --classes ", task->task.name, "=",
                Join(task->task.classes, ",")));
    numbers.emplace_back(value, name);
  }
  std::sort(numbers.begin(), numbers.end());
  std::vector<std::string> order;
  for (auto& [value, name] : numbers) order.push_back(std::move(name));
  Reorder(std::move(order), task);
}

}  // namespace

void OrderClasses(const std::vector<std::string>& requests,
                  std::vector<LabelledTask>* tasks) {
  std::vector<bool> has_order(tasks->size());
  for (const std::string& request : requests) {
    const std::size_t equals = request.find('=');
    Require(equals != std::string::npos && equals > 0, ErrorKind::kUsage,
            Str("--classes ", request, " is not TASK=CLASS,CLASS,..."),
            "name the classes from the lowest to the highest");
    const std::string pattern = request.substr(0, equals);
    bool found = false;
    for (std::size_t i = 0; i < tasks->size(); ++i) {
      const std::string& name = (*tasks)[i].task.name;
      if (name != pattern && !MatchesPattern(pattern, name)) continue;
      OrderAsAsked(request, SplitNames(request.substr(equals + 1)),
                   &(*tasks)[i]);
      has_order[i] = true;
      found = true;
    }
    if (found) continue;
    std::vector<std::string> names;
    for (const LabelledTask& task : *tasks) names.push_back(task.task.name);
    const std::string near = Nearest(pattern, names);
    Fail(ErrorKind::kUsage,
         Str("--classes: no task '", pattern, "' is made",
             near.empty() ? "" : Str("; did you mean '", near, "'?")),
         Str("the tasks are: ", Join(names, ", ")));
  }
  for (std::size_t i = 0; i < tasks->size(); ++i) {
    LabelledTask& task = (*tasks)[i];
    if (task.task.traits().is_ordered && !has_order[i]) OrderByNumber(&task);
  }
}

}  // namespace mtlkit
