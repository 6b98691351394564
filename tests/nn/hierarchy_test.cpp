#include "nn/hierarchy.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "nn/arch.h"

namespace mtlkit {
namespace {

std::vector<Task> Tasks() {
  Task income;
  income.name = "income";
  Task status;
  status.name = "status";
  Task hours;
  hours.name = "hours";
  return {income, status, hours};
}

std::string ErrorOf(const std::string& text) {
  try {
    ResolveHierarchy(ParseHierarchy(text, "tree.json"), Tasks());
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUsage);
    return error.message();
  }
  return "no error";
}

Schema SampleSchema() {
  Schema schema;
  InputSpec x;
  x.name = "x";
  x.cols = 4;
  schema.inputs = {x};
  schema.tasks = Tasks();
  return schema;
}

constexpr const char* kTree =
    R"({"groups": [{"name": "person", "from": ["trunk"], "layers": [7],
                    "tasks": ["income", "s*"]},
                   {"name": "trunk", "from": [], "tasks": ["hours"]}]})";

TEST_CASE("groups stand after the group they come from, in canonical text") {
  CHECK(HierarchyText(ParseHierarchy(kTree, "tree.json")) ==
        R"({"groups":[{"from":[],"name":"trunk","tasks":["hours"]},)"
        R"({"from":["trunk"],"layers":[7],"name":"person",)"
        R"("tasks":["income","s*"]}]})");
  CHECK(LoadHierarchy(kTree) ==
        HierarchyText(ParseHierarchy(LoadHierarchy(kTree), "again")));
}

TEST_CASE("without tasks: groups that lead to none are left out") {
  const Hierarchy tree = ParseHierarchy(
      R"({"groups": [{"name": "trunk", "tasks": ["hours"]},
                     {"name": "a", "from": ["trunk"], "tasks": ["inc*"]},
                     {"name": "b", "from": ["a"], "tasks": ["s*"]}]})",
      "tree");
  const auto names = [&](const std::vector<std::string>& absent,
                         const std::vector<std::string>& present) {
    std::vector<Task> tasks(present.size());
    for (std::size_t i = 0; i < present.size(); ++i) {
      tasks[i].name = present[i];
    }
    std::string text;
    const Hierarchy rest = WithoutTasks(tree, absent, tasks);
    for (const TaskGroup& group : rest.groups) text += group.name + " ";
    ResolveHierarchy(rest, tasks);
    return text;
  };
  CHECK(names({"status"}, {"income", "hours"}) == "trunk a ");
  CHECK(names({"income"}, {"status", "hours"}) == "trunk a b ");
  CHECK(names({"income", "status"}, {"hours"}) == "trunk ");
}

TEST_CASE("a network has the layers of its groups, and tasks where they hang") {
  ArchOptions options;
  options.layers = {"9"};
  options.dropout = 0;
  options.hierarchy = kTree;
  ResolveArchOptions(&options);
  const Network network = BuildNetwork(SampleSchema(), options);
  std::string names;
  for (const std::string& name : network.Names()) names += name + " ";
  CHECK(names == "trunk.0 head.hours person.0 heads.person ");
  CHECK(network.info(network.Find("trunk")).cols == 9);
  CHECK(network.info(network.Find("person")).cols == 7);
  CHECK(network.output(1).columns.first == 1);
  CHECK(network.output(2).value == Value{network.Find("head.hours")});
}

TEST_CASE("tasks that share nothing are a forest") {
  ArchOptions options;
  options.hierarchy =
      R"({"groups": [{"name": "a", "tasks": ["income"]},
                     {"name": "b", "tasks": ["status", "hours"]}]})";
  ResolveArchOptions(&options);
  const Network network = BuildNetwork(SampleSchema(), options);
  CHECK(network.info(network.Find("a.0")).tasks == std::vector<Index>{0});
  CHECK(network.info(network.Find("b.0")).tasks == std::vector<Index>{1, 2});
}

TEST_CASE("an impossible hierarchy is refused by name") {
  CHECK(ErrorOf("trunk") ==
        "tree.json: this is not a hierarchy: no JSON in line 1");
  CHECK(ErrorOf(R"({"groups": []})") == "tree.json: there is no group");
  CHECK(ErrorOf(R"({"groups": [{"tasks": []}]})") ==
        "tree.json: a group has no name");
  CHECK(ErrorOf(R"({"groups": [{"name": "a", "task": []}]})") ==
        "tree.json: group 'a': unknown key 'task'; did you mean 'tasks'?");
  CHECK(ErrorOf(R"({"groups": [{"name": "a"}, {"name": "a"}]})") ==
        "tree.json: group 'a' is declared twice");
  CHECK(ErrorOf(R"({"groups": [{"name": "ab", "from": ["trunks"]},
                               {"name": "trunk"}]})") ==
        "tree.json: group 'ab' comes from 'trunks', which is not a group; did "
        "you "
        "mean 'trunk'?");
  CHECK(ErrorOf(R"({"groups": [{"name": "a", "from": ["b"]},
                               {"name": "b", "from": ["a"]}]})") ==
        "tree.json: group 'a' is part of a cycle of 'from', or comes from one");
  CHECK(ErrorOf(R"({"groups": [{"name": "a"}, {"name": "b"},
                               {"name": "c", "from": ["a", "b"]}]})") ==
        "tree.json: group 'c': 'from' names 2 groups");
  CHECK(ErrorOf(R"({"groups": [{"name": "a", "layers": [0]}]})") ==
        "tree.json: group 'a': 'layers': 0 is not a width between 1 and 65536");
}

TEST_CASE("a hierarchy with names that no file can hold is refused at once") {
  CHECK(ErrorOf(R"({"groups": [{"name": "a\u0000b", "tasks": ["*"]}]})") ==
        "tree.json: group 'a\\x00b': its name holds a control character, or an "
        "invisible one");
  CHECK(ErrorOf(R"({"groups": [{"name": "a\nb", "tasks": ["*"]}]})") !=
        "no error");
}

TEST_CASE("a key that is given twice is refused, which JSON readers allow") {
  CHECK(ErrorOf(R"({"groups": [{"name": "a", "tasks": ["*"],
                                "tasks": ["income"]}]})") ==
        "tree.json: the key 'tasks' is given twice in one {}");
  CHECK(ErrorOf(R"({"groups": [{"name": "a", "tasks": ["income", "hours"]},
                               {"name": "b", "tasks": ["status"]}]})") ==
        "no error");
}

TEST_CASE("tasks of a hierarchy are those of the data, each exactly once") {
  CHECK(
      ErrorOf(R"({"groups": [{"name": "a", "tasks": ["income", "hours"]}]})") ==
      "hierarchy: task 'status' is in no group");
  CHECK(ErrorOf(R"({"groups": [{"name": "a", "tasks": ["*", "incom"]}]})") ==
        "hierarchy: group 'a': there is no task 'incom'; did you mean "
        "'income'?");
  CHECK(ErrorOf(R"({"groups": [{"name": "a", "tasks": ["*", "hours"]}]})") ==
        "hierarchy: group 'a': task 'hours' is already in a group");
  CHECK(ErrorOf(R"({"groups": [{"name": "a", "tasks": ["*"]},
                               {"name": "b", "from": ["a"]}]})") ==
        "hierarchy: group 'b' leads to no task");
}

TEST_CASE("only shared has a hierarchy, and a missing file is named") {
  ArchOptions options;
  options.arch = "single";
  options.hierarchy = kTree;
  CHECK_THROWS_WITH_AS(ResolveArchOptions(&options),
                       "--hierarchy: --arch single has no hierarchy (use "
                       "--arch shared)",
                       Error);
  options.arch = "shared";
  options.hierarchy = "no-such-file.json";
  CHECK_THROWS_WITH_AS(
      ResolveArchOptions(&options),
      "no-such-file.json: cannot be read (--hierarchy takes a JSON file)",
      Error);
}

}  // namespace
}  // namespace mtlkit
