#include "data/task.h"

#include <algorithm>

namespace mtlkit {

bool IsSameKind(const Task& a, const Task& b) {
  return a.type == b.type && a.width == b.width &&
         a.map_height == b.map_height && a.map_width == b.map_width &&
         a.form == b.form && a.levels == b.levels;
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
