#include "train/own_options.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "train/select_measure.h"

namespace mtlkit {
namespace {

bool IsAmong(std::span<const std::string> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Whether a name or pattern of tasks means tasks that are absent, and no other.
bool MeansAbsent(std::string_view pattern, std::span<const Task> tasks,
                 std::span<const std::string> absent) {
  if (IsAmong(absent, pattern)) return true;
  const auto matches = [pattern](const std::string& name) {
    return MatchesPattern(pattern, name);
  };
  return std::any_of(absent.begin(), absent.end(), matches) &&
         std::none_of(tasks.begin(), tasks.end(),
                      [&](const Task& task) { return matches(task.name); });
}

}  // namespace

TrainOptions OptionsFor(std::span<const Task> tasks,
                        std::span<const std::string> absent,
                        TrainOptions options) {
  if (absent.empty()) return options;
  std::erase_if(options.loss, [&](const std::string& text) {
    return MeansAbsent(text.substr(0, text.find('=')), tasks, absent);
  });
  std::erase_if(options.weighting.task_weight, [&](const std::string& text) {
    return IsAmong(absent, text.substr(0, text.rfind('=')));
  });
  for (const std::string& chosen : TasksSelectedOn(options.select_on, absent)) {
    Require(!IsAmong(absent, chosen), ErrorKind::kUsage,
            Str("--select-on ", options.select_on, ": it has no task '", chosen,
                "'"),
            "choose by a task that all peers have, or by loss");
  }
  return options;
}

}  // namespace mtlkit
