#include "data/task.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/options.h"

namespace mtlkit {
namespace {

constexpr std::array<std::string_view, 4> kTypeNames = {
    "regression", "binary", "multiclass", "multilabel"};

Index Count(const std::vector<std::string>& names) {
  return static_cast<Index>(names.size());
}

}  // namespace

std::string_view TaskTypeName(TaskType type) {
  return kTypeNames.at(static_cast<std::size_t>(type));
}

TaskType ParseTaskType(std::string_view name) {
  const auto* at = std::find(kTypeNames.begin(), kTypeNames.end(), name);
  if (at == kTypeNames.end()) {
    const std::string near =
        Nearest(name, {kTypeNames.begin(), kTypeNames.end()});
    Fail(ErrorKind::kUsage,
         Str("there is no task type '", name, "'",
             near.empty() ? "" : Str("; did you mean '", near, "'?")),
         "known: regression, binary, multiclass, multilabel");
  }
  return static_cast<TaskType>(at - kTypeNames.begin());
}

Index Task::target_cols() const {
  if (type == TaskType::kRegression) return width;
  return type == TaskType::kMultilabel ? Count(classes) : 1;
}

Index Task::output_cols() const {
  if (type == TaskType::kRegression) return width;
  return type == TaskType::kBinary ? 1 : Count(classes);
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
