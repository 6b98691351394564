// Tasks whose labels are a time and an event, from two columns.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

#include "base/error.h"
#include "base/reporter.h"
#include "data/head.h"
#include "data/small_table.h"
#include "prep/prepare.h"
#include "prep/read_labels.h"

namespace mtlkit {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

Dataset Patients(std::vector<float> cells) {
  const Index rows = std::ssize(cells) / 3;
  return TableOf(rows, {DenseBlock("numeric", {"age", "months", "died"},
                                   std::move(cells))});
}

Dataset Prepared(std::vector<float> cells) {
  PrepareOptions options;
  options.task = {"months=survival:event=died"};
  SilentReporter silent;
  return Prepare(Patients(std::move(cells)), options, 1, &silent);
}

std::string Refusal(std::vector<float> cells) {
  try {
    Prepared(std::move(cells));
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadInput);
    return error.message();
  }
  return "";
}

TEST_CASE("a time and an event are one task, and no inputs") {
  const Dataset ready =
      Prepared({50, 3, 1, 60, kNone, kNone, 70, 0.5F, 0, 80, 2, 1});
  REQUIRE(ready.tasks.size() == 1);
  const Task& task = ready.tasks[0];
  CHECK(task.name == "months");
  CHECK(task.type == ParseTaskType("survival"));
  CHECK(task.target_cols() == 2);
  CHECK(task.output_cols() == 1);
  CHECK(task.mean.empty());
  CHECK(ready.inputs[0].columns == std::vector<std::string>{"age"});
  const std::vector<float> expected = {3, 1, kNone, kNone, 0.5F, 0, 2, 1};
  REQUIRE(ready.labels[0].values.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const float value = ready.labels[0].values[i];
    CHECK((value == expected[i] ||
           (std::isnan(value) && std::isnan(expected[i]))));
  }
  // New rows are read as these were.
  const RawLabels again = ReadLabels(task, Patients({1, 9, 0, 2, 8, 1}));
  CHECK(again.has_columns);
  CHECK(again.labels.values[0] == 9);
  CHECK(again.labels.values[3] == 1);
}

TEST_CASE("half a label, other events and times below 0 are refused by row") {
  CHECK(Refusal({50, 3, 1, 60, 2, kNone}) ==
        "task 'months', row '1': it has a time or an event, and not both");
  CHECK(Refusal({50, 3, 2, 60, 2, 1}) ==
        "task 'months', row '0': event 2 is neither 0 nor 1");
  CHECK(Refusal({50, 3, 1, 60, -2, 1}) ==
        "task 'months', row '1': time -2 is below 0");
}

}  // namespace
}  // namespace mtlkit
