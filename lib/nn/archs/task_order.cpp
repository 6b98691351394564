#include "nn/archs/task_order.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {

std::vector<Index> OrderOfTasks(std::string_view arch,
                                const std::vector<std::string>& order,
                                const NetworkParts& parts) {
  if (order.empty()) return parts.AllTasks();
  std::vector<std::string> names;
  for (Index i = 0; i < parts.tasks(); ++i) names.push_back(parts.task(i).name);
  const std::string where = Str("--arch ", arch, ": order=");
  std::vector<Index> tasks;
  for (const std::string& name : order) {
    const Index task = std::ranges::find(names, name) - names.begin();
    Require(task < parts.tasks(), ErrorKind::kUsage,
            Str(where, " there is no task '", name, "'"),
            Str("tasks: ", Join(names, ", ")));
    Require(std::ranges::find(tasks, task) == tasks.end(), ErrorKind::kUsage,
            Str(where, " names task '", name, "' twice"));
    tasks.push_back(task);
  }
  for (Index i = 0; i < parts.tasks(); ++i) {
    Require(std::ranges::find(tasks, i) != tasks.end(), ErrorKind::kUsage,
            Str(where, " does not name task '", names[At(i)], "'"),
            "name each task once, those that others read first");
  }
  return tasks;
}

}  // namespace mtlkit
