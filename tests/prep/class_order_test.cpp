#include <doctest/doctest.h>

#include "base/text.h"
#include "data/small_table.h"
#include "prep/prepare.h"

namespace mtlkit {
namespace {

// Six rows: `code` (10, 9, -1), `pay` (numbers) and `job` (three words).
Dataset OrderedTable() {
  return TableOf(
      6, {DenseBlock("numeric", {"code", "pay", "x"},
                     {10, 1, 0, 9, 2, 1, -1, 3, 2,  //
                      10, 4, 3, 9, 5, 4, -1, 6, 5}),
          CodeBlock("categorical", {"job"}, {{"clerk", "cook", "judge"}},
                    {0, 1, 2, 0, 1, 2})});
}

Dataset Ordered(const PrepareOptions& options) {
  SilentReporter silent;
  return Prepare(OrderedTable(), options, 1, &silent);
}

std::string OrderFailure(const PrepareOptions& options) {
  return MessageOf([&] { Ordered(options); });
}

PrepareOptions OrderedTasks(std::vector<std::string> task) {
  PrepareOptions options;
  options.task = std::move(task);
  return options;
}

std::string RanksOf(const Labels& labels) {
  std::string text;
  for (const float value : labels.values) {
    text += (text.empty() ? "" : " ") + FormatNumber(value);
  }
  return text;
}

TEST_CASE("an ordinal task has its classes in order") {
  const Dataset numbers = Ordered(OrderedTasks({"code=ordinal"}));
  CHECK(Join(numbers.tasks[0].classes, ",") == "-1,9,10");
  CHECK(RanksOf(numbers.labels[0]) == "2 1 0 2 1 0");
  PrepareOptions options = OrderedTasks({"job=ordinal"});
  CHECK(OrderFailure(options) ==
        "task 'job' is ordinal, and the order of 'clerk' and its other classes "
        "is not known");
  options.classes = {"job=judge,clerk,cook"};
  const Dataset ready = Ordered(options);
  CHECK(TaskTypeName(ready.tasks[0].type) == "ordinal");
  CHECK(Join(ready.tasks[0].classes, ",") == "judge,clerk,cook");
  CHECK(RanksOf(ready.labels[0]) == "1 2 0 1 2 0");
}

TEST_CASE("an order of classes names each of them once") {
  PrepareOptions options = OrderedTasks({"job=ordinal"});
  options.classes = {"job=clerk,cook"};
  CHECK(OrderFailure(options) ==
        "--classes job=clerk,cook: not every class is there once");
  options.classes = {"job=clerk,cook,cook,judge"};
  CHECK(OrderFailure(options).find("not every class is there once") !=
        std::string::npos);
  options.classes = {"job=clerk,cook,juge"};
  CHECK(OrderFailure(options) ==
        "--classes job=clerk,cook,juge: there is no class 'juge'; did you mean "
        "'judge'?");
  options.classes = {"jb=clerk,cook,judge"};
  CHECK(OrderFailure(options) ==
        "--classes: no task 'jb' is made; did you mean 'job'?");
  options = OrderedTasks({"pay"});
  options.classes = {"pay=1,2"};
  CHECK(OrderFailure(options) == "--classes pay=1,2: the task is regression");
}

}  // namespace
}  // namespace mtlkit
