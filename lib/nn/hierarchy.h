#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "base/view.h"
#include "data/task.h"

namespace mtlkit {

// A group of tasks: the layers that the tasks of this group and of all groups
// that come from it share.
struct TaskGroup {
  std::string name;
  // The group whose output this one reads; empty: the inputs.
  std::string from;
  // Widths of its hidden layers; absent: those of `--layers`. May be empty:
  // the group adds nothing to what it reads.
  std::optional<std::vector<Index>> layers;
  // Tasks supervised at this group's output.
  std::vector<std::string> tasks;
};

// What tasks share, as a tree (or a forest) of groups: hard sharing is one
// group, single-task one group a task. Groups stand after the group they come
// from, whatever their order in the file.
struct Hierarchy {
  std::vector<TaskGroup> groups;
};

// Reads
//   {"groups": [{"name": "trunk", "from": [], "layers": [128], "tasks": []},
//               {"name": "person", "from": ["trunk"], "tasks": ["income"]}]}
// from text. Throws kUsage, with `where` in front, for text that is not such
// JSON, an unknown key, a group without a name or named twice, a `from` that
// names no group or more than one, a cycle, and a width below 1.
Hierarchy ParseHierarchy(std::string_view text, const std::string& where);

// `text_or_path` is JSON itself if it begins with '{', else the path of a file.
// Returns the JSON text, compact and in a canonical order of keys, so that
// settings hold the tree and not the name of a file.
std::string LoadHierarchy(const std::string& text_or_path);
std::string HierarchyText(const Hierarchy& hierarchy);

// One group, `trunk`, with all tasks.
Hierarchy DefaultHierarchy(const std::vector<Task>& tasks);

// Every task of `tasks` stands in exactly one group, every task of a group
// exists (names in groups may be patterns), and every group leads to a task;
// kUsage otherwise, naming the first offender. Returns the hierarchy with
// patterns replaced by names.
Hierarchy ResolveHierarchy(const Hierarchy& hierarchy,
                           const std::vector<Task>& tasks);

// Without the tasks named `absent`, and without groups that then lead to no
// task: for a network that has the other tasks only.
Hierarchy WithoutTasks(Hierarchy hierarchy,
                       const std::vector<std::string>& absent,
                       const std::vector<Task>& tasks);

}  // namespace mtlkit
