#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "base/error.h"
#include "eval/prediction_source.h"
#include "eval/predictions.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

constexpr float kNoCell = std::numeric_limits<float>::quiet_NaN();

Task TaskOf(const std::string& name, TaskType type,
            std::vector<std::string> classes = {}) {
  Task task;
  task.name = name;
  task.type = type;
  task.classes = std::move(classes);
  return task;
}

// A task of each type, one with rows of its own, ids that are texts.
Predictions Sample() {
  Predictions sample;
  sample.ids = std::vector<std::string>{"a", "b", "c"};
  sample.seen = {0, 1, 2};
  sample.split = "test";
  sample.selected_on = "valid";
  sample.model_sha256 = "m";
  sample.dataset_sha256 = "d";
  TaskPredictions binary;
  binary.task = TaskOf("sold yet", TaskType::kBinary, {"no", "yes"});
  binary.prob = {0.25F, 1, 0};
  binary.logits = {-1, 9, -9};
  binary.y = {0, kNoCell, 1};
  binary.weight = {1, 1, 2};
  binary.constants = {0.75, 0.25};
  TaskPredictions classes;
  classes.task = TaskOf("kind", TaskType::kMulticlass, {"x", "y", "z"});
  classes.on_all_rows = false;
  classes.rows = {0, 2};
  classes.prob = {0.5F, 0.25F, 0.25F, 0, 0, 1};
  classes.y = {2, kNoCell};
  classes.unknown_classes = {"never seen"};
  classes.unknown = {-1, 0};
  TaskPredictions labels;
  labels.task = TaskOf("tags", TaskType::kMultilabel, {"p", "q"});
  labels.prob = {0, 1, 0.5F, 0.5F, 1, 0};
  labels.y = {0, 1, kNoCell, 0, 1, 1};
  TaskPredictions number;
  number.task = TaskOf("price", TaskType::kRegression);
  number.pred = {1.5F, -2, 1e6F};
  number.y = {kNoCell, kNoCell, kNoCell};
  number.constants = {3, 2};
  TaskPredictions rating;
  rating.task = TaskOf("rating", ParseTaskType("ordinal"), {"x", "y", "z"});
  rating.prob = {0.5F, 0.25F, 0.25F, 0, 0, 1, 0, 1, 0};
  rating.logits = {0, 1, 2, 3, 4, 5};
  rating.y = {2, kNoCell, 0};
  TaskPredictions quantiles;
  quantiles.task = TaskOf("delay", TaskType::kRegression);
  quantiles.task.form = ParseForm("quantile");
  quantiles.task.levels = {0.1, 0.9};
  quantiles.pred = {1, 2, 3, 4, 5, 6};
  quantiles.y = {1, 3, kNoCell};
  quantiles.constants = {3, 2, 1, 5};
  sample.tasks = {binary, classes, labels, number, rating, quantiles};
  return sample;
}

bool SameNumbers(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && !(std::isnan(a[i]) && std::isnan(b[i]))) return false;
  }
  return true;
}

TEST_CASE("predictions of every type survive a file") {
  const TempFolder folder;
  const std::string path = folder / "p.h5";
  const Predictions written = Sample();
  WritePredictions(written, path);
  const Predictions read = ReadPredictions(path);
  CHECK(read.ids == written.ids);
  CHECK(read.seen == written.seen);
  CHECK(read.split == "test");
  CHECK(read.selected_on == "valid");
  CHECK(read.model_sha256 == "m");
  REQUIRE(read.tasks.size() == written.tasks.size());
  for (std::size_t i = 0; i < read.tasks.size(); ++i) {
    const TaskPredictions& a = read.tasks[i];
    const TaskPredictions& b = written.tasks[i];
    CAPTURE(b.task.name);
    CHECK(a.task.name == b.task.name);
    CHECK(a.task.type == b.task.type);
    CHECK(a.task.classes == b.task.classes);
    CHECK(IsSameKind(a.task, b.task));
    CHECK(a.on_all_rows == b.on_all_rows);
    CHECK(a.rows == b.rows);
    CHECK(SameNumbers(a.pred, b.pred));
    CHECK(SameNumbers(a.prob, b.prob));
    CHECK(SameNumbers(a.logits, b.logits));
    CHECK(SameNumbers(a.y, b.y));
    CHECK(a.weight == b.weight);
    CHECK(a.unknown == b.unknown);
    CHECK(a.unknown_classes == b.unknown_classes);
    CHECK(a.constants == b.constants);
  }
}

void CheckRefused(const std::function<void(Predictions*)>& spoil,
                  const std::string& message) {
  const TempFolder folder;
  Predictions predictions = Sample();
  spoil(&predictions);
  const auto write_and_read = [&] {
    WritePredictions(predictions, folder / "p.h5");
    ReadPredictions(folder / "p.h5");
  };
  CHECK_THROWS_WITH_AS(write_and_read(), doctest::Contains(message.c_str()),
                       Error);
}

TEST_CASE("a class without training rows may be true of predicted rows") {
  const TempFolder folder;
  Predictions written = Sample();
  TaskPredictions& task = written.tasks[1];
  task.unknown_classes = {"y"};
  task.constants = {0.25, 0, 0.75};
  WritePredictions(written, folder / "p.h5");
  CHECK(ReadPredictions(folder / "p.h5").tasks[1].unknown_classes ==
        std::vector<std::string>{"y"});
  const auto source = OpenPredictions(folder / "p.h5");
  CHECK(source->ReadLabels(1).unknown.names == std::vector<std::string>{"y"});
  CHECK(source->tasks()[1].learned == task.constants);
  // Rows that peers agreed on do not say what a model has learned.
  task.constants_are_agreed = true;
  task.unknown_classes = {"never seen"};
  WritePredictions(written, folder / "p.h5");
  CHECK(ReadPredictions(folder / "p.h5").tasks[1].constants_are_agreed);
  CHECK(OpenPredictions(folder / "p.h5")->tasks()[1].learned.empty());
}

TEST_CASE("what is no prediction is refused by name") {
  CheckRefused([](Predictions* p) { p->tasks[0].prob[1] = 1.5F; },
               "row 'b': 1.5 is no probability");
  CheckRefused([](Predictions* p) { p->tasks[0].prob[2] = kNoCell; },
               "row 'c': nan is no probability");
  const char* unknown = "kind/unknown: it is not one class of";
  CheckRefused([](Predictions* p) { p->tasks[1].unknown[1] = 1; }, unknown);
  CheckRefused([](Predictions* p) { p->tasks[1].unknown[0] = 0; }, unknown);
  CheckRefused([](Predictions* p) { p->tasks[1].unknown.pop_back(); }, unknown);
  CheckRefused([](Predictions* p) { p->tasks[1].unknown_classes = {"y"}; },
               "kind/unknown: 'y' is a class of the task");
  CheckRefused([](Predictions* p) { p->tasks[3].pred[0] = INFINITY; },
               "row 'a': inf is not finite");
  CheckRefused([](Predictions* p) { p->tasks[1].rows = {2, 0}; }, "rows");
  CheckRefused(
      [](Predictions* p) {
        p->ids = std::vector<std::string>{"a", "b", "a"};
      },
      "id 'a' occurs twice");
  CheckRefused(
      [](Predictions* p) {
        p->tasks[5].task.levels = {0.9, 0.1};
      },
      "levels ascend between 0 and 1");
  CheckRefused([](Predictions* p) { p->tasks[0].prob.clear(); },
               "it has no `prob`");
}

}  // namespace
}  // namespace mtlkit
