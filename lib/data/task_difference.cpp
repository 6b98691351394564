#include "data/task_difference.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

bool HasTask(std::span<const Task> tasks, const std::string& name) {
  return std::ranges::any_of(
      tasks, [&](const Task& task) { return task.name == name; });
}

// What a network says of a task, as its loss has it.
std::string FormText(const Task& task) {
  return task.form ? Str("'", TaskTypeName(*task.form), "'")
                   : "the usual prediction of its type";
}

std::string NumbersText(const std::vector<double>& numbers) {
  std::vector<std::string> texts;
  for (const double number : numbers) texts.push_back(FormatNumber(number));
  return Join(texts, ", ");
}

std::string ClassesDifference(const Task& here, const Task& there) {
  const std::string the = Str("task '", here.name, "'");
  for (const auto* sides : {&here, &there}) {
    const Task& other = sides == &here ? there : here;
    for (const std::string& name : sides->classes) {
      if (FindClass(other, name) >= 0) continue;
      return Str(the, " has the class '", name, "' only ",
                 sides == &here ? "here" : "there");
    }
  }
  return Str(the, " has its classes in another order there");
}

std::string KindDifference(const Task& here, const Task& there) {
  const std::string the = Str("task '", here.name, "'");
  if (here.type != there.type) {
    return Str(the, " is of type ", TaskTypeName(here.type), " here and ",
               TaskTypeName(there.type), " there");
  }
  if (here.width != there.width) {
    return Str(the, " has ", Counted(here.width, "column", "columns"),
               " here and ", there.width, " there");
  }
  if (here.map_height != there.map_height ||
      here.map_width != there.map_width) {
    return Str(the, " has ", here.map_height, " x ", here.map_width,
               " pixels here and ", there.map_height, " x ", there.map_width,
               " there");
  }
  if (here.form != there.form) {
    return Str("the losses of task '", here.name, "' differ: they predict ",
               FormText(here), " here and ", FormText(there), " there");
  }
  return Str(the, " has quantiles at ", NumbersText(here.levels), " here and ",
             NumbersText(there.levels), " there");
}

}  // namespace

std::string TaskDifference(std::span<const Task> here,
                           std::span<const Task> there) {
  for (const Task& task : here) {
    if (!HasTask(there, task.name)) {
      return Str("task '", task.name, "' is only here");
    }
  }
  for (const Task& task : there) {
    if (!HasTask(here, task.name)) {
      return Str("task '", task.name, "' is only there");
    }
  }
  for (std::size_t t = 0; t < here.size(); ++t) {
    if (here[t].name != there[t].name) {
      return Str("task '", here[t].name, "' has another place there");
    }
    if (!IsSameKind(here[t], there[t])) {
      return KindDifference(here[t], there[t]);
    }
    if (here[t].classes != there[t].classes) {
      return ClassesDifference(here[t], there[t]);
    }
  }
  return "";
}

}  // namespace mtlkit
