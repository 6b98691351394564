#include "nn/hierarchy.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/json_text.h"
#include "base/text.h"

namespace mtlkit {
namespace {

constexpr Index kMaxWidth = 65536;

void RequireKeys(const Json& object, const std::vector<std::string>& known) {
  for (const auto& item : object.items()) {
    if (std::find(known.begin(), known.end(), item.key()) != known.end()) {
      continue;
    }
    const std::string nearest = Nearest(item.key(), known);
    Fail(ErrorKind::kUsage,
         Str("unknown key '", item.key(), "'",
             nearest.empty() ? "" : Str("; did you mean '", nearest, "'?")),
         Str("known: ", Join(known, ", ")));
  }
}

// Layers are called as their group, in files and on terminals.
void RequireVisible(const std::string& name) {
  Require(VisibleText(name) == name, ErrorKind::kUsage,
          Str("group '", VisibleText(name),
              "': its name holds a control character, or an invisible one"),
          "choose a name that can be seen");
}

std::vector<std::string> ReadNames(const Json& group, const char* key) {
  std::vector<std::string> names;
  if (!group.contains(key)) return names;
  const Json& list = group.at(key);
  Require(list.is_array(), ErrorKind::kUsage,
          Str("'", key, "' is not a list of names"));
  for (const Json& name : list) {
    Require(name.is_string(), ErrorKind::kUsage,
            Str("'", key, "' holds something that is not a name"));
    names.push_back(name.get<std::string>());
  }
  return names;
}

std::vector<Index> ReadWidths(const Json& list) {
  Require(list.is_array(), ErrorKind::kUsage,
          "'layers' is not a list of widths");
  std::vector<Index> widths;
  for (const Json& width : list) {
    const std::optional<Index> number = JsonInteger(width);
    Require(number && *number >= 1 && *number <= kMaxWidth, ErrorKind::kUsage,
            Str("'layers': ", JsonText(width), " is not a width between 1 and ",
                kMaxWidth));
    widths.push_back(*number);
  }
  return widths;
}

TaskGroup ReadGroup(const Json& json) {
  Require(json.is_object(), ErrorKind::kUsage, "a group is not an object");
  TaskGroup group;
  const bool named = json.contains("name") && json.at("name").is_string();
  if (named) group.name = json.at("name").get<std::string>();
  Require(!group.name.empty(), ErrorKind::kUsage, "a group has no name");
  RequireVisible(group.name);
  InContext(Str("group '", group.name, "'"), [&] {
    RequireKeys(json, {"name", "from", "layers", "tasks"});
    const std::vector<std::string> from = ReadNames(json, "from");
    Require(from.size() <= 1, ErrorKind::kUsage,
            Str("'from' names ", from.size(), " groups"),
            "a group comes from one group, or from the inputs: []");
    if (!from.empty()) group.from = from.front();
    if (json.contains("layers")) group.layers = ReadWidths(json.at("layers"));
    group.tasks = ReadNames(json, "tasks");
  });
  return group;
}

// The groups in an order in which each stands after the one it comes from;
// otherwise as they were.
std::vector<TaskGroup> Sorted(std::vector<TaskGroup> groups) {
  std::vector<TaskGroup> sorted;
  std::set<std::string> placed = {""};
  while (!groups.empty()) {
    const auto ready = std::find_if(
        groups.begin(), groups.end(),
        [&](const TaskGroup& group) { return placed.count(group.from) > 0; });
    Require(ready != groups.end(), ErrorKind::kUsage,
            Str("group '", groups.front().name,
                "' is part of a cycle of 'from', or comes from one"));
    placed.insert(ready->name);
    sorted.push_back(std::move(*ready));
    groups.erase(ready);
  }
  return sorted;
}

void RequireKnownFrom(const std::vector<TaskGroup>& groups) {
  std::vector<std::string> names;
  for (const TaskGroup& group : groups) {
    Require(std::find(names.begin(), names.end(), group.name) == names.end(),
            ErrorKind::kUsage,
            Str("group '", group.name, "' is declared twice"));
    names.push_back(group.name);
  }
  for (const TaskGroup& group : groups) {
    if (group.from.empty()) continue;
    if (std::find(names.begin(), names.end(), group.from) != names.end()) {
      continue;
    }
    const std::string nearest = Nearest(group.from, names);
    Fail(ErrorKind::kUsage,
         Str("group '", group.name, "' comes from '", group.from,
             "', which is not a group",
             nearest.empty() ? "" : Str("; did you mean '", nearest, "'?")),
         Str("groups: ", Join(names, ", ")));
  }
}

// The tasks that one name or pattern of a group stands for.
std::vector<std::string> Matches(const std::string& pattern,
                                 const std::vector<Task>& tasks) {
  if (FindTask(tasks, pattern) >= 0) return {pattern};
  std::vector<std::string> names;
  for (const Task& task : tasks) {
    if (MatchesPattern(pattern, task.name)) names.push_back(task.name);
  }
  if (names.empty()) {
    const std::string nearest = Nearest(pattern, NamesOf(tasks));
    Fail(ErrorKind::kUsage,
         Str("there is no task '", pattern, "'",
             nearest.empty() ? "" : Str("; did you mean '", nearest, "'?")),
         Str("tasks: ", Join(NamesOf(tasks), ", ")));
  }
  return names;
}

void RequireLeadToTasks(const Hierarchy& hierarchy) {
  std::set<std::string> useful;
  for (auto it = hierarchy.groups.rbegin(); it != hierarchy.groups.rend();
       ++it) {
    Require(!it->tasks.empty() || useful.count(it->name) > 0, ErrorKind::kUsage,
            Str("hierarchy: group '", it->name, "' leads to no task"),
            "give it tasks, or leave it out");
    useful.insert(it->from);
  }
}

// Of two members of one name JSON readers take either.
class KeysOnce {
 public:
  bool operator()(int /*depth*/, Json::parse_event_t event,
                  const Json& parsed) {
    if (event == Json::parse_event_t::object_start) open_.emplace_back();
    if (event == Json::parse_event_t::object_end) open_.pop_back();
    if (event != Json::parse_event_t::key) return true;
    const auto name = parsed.get<std::string>();
    Require(open_.back().insert(name).second, ErrorKind::kUsage,
            Str("the key '", VisibleText(name), "' is given twice in one {}"),
            "leave one out");
    return true;
  }

 private:
  std::vector<std::set<std::string>> open_;  // of the objects around
};

Json ParseText(std::string_view text) {
  try {
    return Json::parse(text, KeysOnce());
  } catch (const Json::parse_error& error) {
    const std::string_view read = text.substr(0, error.byte);
    Fail(ErrorKind::kUsage,
         Str("this is not a hierarchy: no JSON in line ",
             std::count(read.begin(), read.end(), '\n') + 1),
         "a quote, a comma or a bracket is wrong there or before it");
  } catch (const Json::exception&) {
    Fail(ErrorKind::kUsage,
         "this is not a hierarchy: it holds a number beyond all numbers",
         "widths are between 1 and 65536");
  }
}

}  // namespace

Hierarchy ParseHierarchy(std::string_view text, const std::string& where) {
  return InContext(where, [&] {
    const Json json = ParseText(text);
    Require(json.is_object() && json.contains("groups") &&
                json.at("groups").is_array(),
            ErrorKind::kUsage, "this is not a hierarchy",
            R"(write {"groups": [{"name": "trunk", "tasks": [...]}, ...]})");
    RequireKeys(json, {"groups"});
    std::vector<TaskGroup> groups;
    for (const Json& group : json.at("groups")) {
      groups.push_back(ReadGroup(group));
    }
    Require(!groups.empty(), ErrorKind::kUsage, "there is no group");
    RequireKnownFrom(groups);
    return Hierarchy{Sorted(std::move(groups))};
  });
}

std::string LoadHierarchy(const std::string& text_or_path) {
  if (Trim(text_or_path).substr(0, 1) == "{") {
    return HierarchyText(ParseHierarchy(text_or_path, "hierarchy"));
  }
  const std::string text =
      ReadTextFile(text_or_path, "--hierarchy takes a JSON file");
  return HierarchyText(ParseHierarchy(text, text_or_path));
}

std::string HierarchyText(const Hierarchy& hierarchy) {
  Json groups = Json::array();
  for (const TaskGroup& group : hierarchy.groups) {
    Json json = {{"name", group.name}, {"tasks", group.tasks}};
    json["from"] = Json::array();
    if (!group.from.empty()) json["from"].push_back(group.from);
    if (group.layers.has_value()) json["layers"] = *group.layers;
    groups.push_back(std::move(json));
  }
  return DumpJson(Json{{"groups", std::move(groups)}});
}

Hierarchy DefaultHierarchy(const std::vector<Task>& tasks) {
  TaskGroup trunk;
  trunk.name = "trunk";
  trunk.tasks = NamesOf(tasks);
  return {{std::move(trunk)}};
}

Hierarchy ResolveHierarchy(const Hierarchy& hierarchy,
                           const std::vector<Task>& tasks) {
  Hierarchy resolved = hierarchy;
  std::set<std::string> seen;
  for (TaskGroup& group : resolved.groups) {
    std::vector<std::string> names;
    for (const std::string& pattern : group.tasks) {
      const auto matches = InContext(Str("hierarchy: group '", group.name, "'"),
                                     [&] { return Matches(pattern, tasks); });
      for (const std::string& name : matches) {
        Require(seen.insert(name).second, ErrorKind::kUsage,
                Str("hierarchy: group '", group.name, "': task '", name,
                    "' is already in a group"));
        names.push_back(name);
      }
    }
    group.tasks = std::move(names);
  }
  for (const Task& task : tasks) {
    Require(seen.count(task.name) > 0, ErrorKind::kUsage,
            Str("hierarchy: task '", task.name, "' is in no group"),
            "put it into the tasks of a group");
  }
  RequireLeadToTasks(resolved);
  return resolved;
}

Hierarchy WithoutTasks(Hierarchy hierarchy,
                       const std::vector<std::string>& absent,
                       const std::vector<Task>& tasks) {
  const auto is_absent = [&](const std::string& pattern) {
    const auto matches = [&](const std::string& name) {
      return MatchesPattern(pattern, name);
    };
    const bool of_absent =
        std::find(absent.begin(), absent.end(), pattern) != absent.end() ||
        std::any_of(absent.begin(), absent.end(), matches);
    return of_absent && FindTask(tasks, pattern) < 0 &&
           std::none_of(tasks.begin(), tasks.end(),
                        [&](const Task& task) { return matches(task.name); });
  };
  std::set<std::string> useful;
  std::vector<TaskGroup> kept;
  for (auto it = hierarchy.groups.rbegin(); it != hierarchy.groups.rend();
       ++it) {
    std::erase_if(it->tasks, is_absent);
    if (it->tasks.empty() && useful.count(it->name) == 0) continue;
    useful.insert(it->from);
    kept.insert(kept.begin(), *it);
  }
  hierarchy.groups = std::move(kept);
  return hierarchy;
}

}  // namespace mtlkit
