#include "data/task.h"

#include <algorithm>

#include "data/head.h"

namespace mtlkit {

bool Task::is_classification() const {
  return type.traits().has_classes;
}

const HeadTraits& Task::traits() const {
  return form ? form->traits() : type.traits();
}

const Head& Task::head() const {
  return form ? form->head() : type.head();
}

Index Task::target_cols() const {
  return head().target_cols(*this);
}

Index Task::output_cols() const {
  return head().output_cols(*this);
}

Index Task::prediction_cols() const {
  return head().prediction_cols(*this);
}

bool IsSameKind(const Task& a, const Task& b) {
  return a.type == b.type && a.width == b.width && a.form == b.form &&
         a.levels == b.levels;
}

Index FindTask(const std::vector<Task>& tasks, std::string_view name) {
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (tasks[i].name == name) return static_cast<Index>(i);
  }
  return -1;
}

Index FindClass(const Task& task, std::string_view name) {
  const auto at = std::find(task.classes.begin(), task.classes.end(), name);
  return at == task.classes.end() ? -1 : at - task.classes.begin();
}

}  // namespace mtlkit
