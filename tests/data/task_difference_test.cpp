// What tells tasks of two models apart.
#include "data/task_difference.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace mtlkit {
namespace {

Task NumberTask(const std::string& name) {
  Task task;
  task.name = name;
  return task;
}

Task ClassTask(const std::string& name, std::vector<std::string> classes) {
  Task task;
  task.name = name;
  task.type = TaskType::kMulticlass;
  task.classes = std::move(classes);
  return task;
}

TEST_CASE("the first difference of two lists of tasks is named") {
  const std::vector<Task> tasks = {NumberTask("pay"),
                                   ClassTask("kind", {"a", "b", "c"})};
  CHECK(TaskDifference(tasks, tasks).empty());
  std::vector<Task> other = tasks;
  other.pop_back();
  CHECK(TaskDifference(tasks, other) == "task 'kind' is only here");
  CHECK(TaskDifference(other, tasks) == "task 'kind' is only there");
  other = {tasks[1], tasks[0]};
  CHECK(TaskDifference(tasks, other) == "task 'pay' has another place there");
  other = tasks;
  other[0].type = TaskType::kBinary;
  CHECK(TaskDifference(tasks, other) ==
        "task 'pay' is of type regression here and binary there");
  other = tasks;
  other[0].width = 2;
  CHECK(TaskDifference(tasks, other) ==
        "task 'pay' has 1 column here and 2 there");
  other = tasks;
  other[1].classes = {"a", "d", "c"};
  CHECK(TaskDifference(tasks, other) ==
        "task 'kind' has the class 'b' only here");
  other[1].classes = {"b", "a", "c"};
  CHECK(TaskDifference(tasks, other) ==
        "task 'kind' has its classes in another order there");
}

TEST_CASE("losses that predict something else are named by what they predict") {
  const std::vector<Task> plain = {NumberTask("pay")};
  std::vector<Task> quantiles = plain;
  quantiles[0].form = ParseForm("quantile");
  quantiles[0].levels = {0.1, 0.9};
  CHECK(TaskDifference(plain, quantiles) ==
        "the losses of task 'pay' differ: they predict the usual prediction of "
        "its type here and 'quantile' there");
  std::vector<Task> others = quantiles;
  others[0].levels = {0.25, 0.75};
  CHECK(TaskDifference(quantiles, others) ==
        "task 'pay' has quantiles at 0.1, 0.9 here and 0.25, 0.75 there");
}

}  // namespace
}  // namespace mtlkit
