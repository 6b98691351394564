#include "eval/predictions_columns.h"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

#include "temp_folder.h"
#include "text/written_format.h"

namespace mtlkit {
namespace {

constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();

std::string Csv(const Predictions& predictions) {
  const TempFolder folder;
  WrittenTable table;
  table.columns = PredictionColumns(HoldPredictions(predictions));
  table.rows = IdCount(predictions.ids);
  SilentReporter reporter;
  FindWrittenFormat("csv")->write(table, {}, folder / "out.csv", &reporter);
  std::ostringstream text;
  text << std::ifstream(folder / "out.csv").rdbuf();
  return text.str();
}

Predictions OneTask(TaskPredictions task) {
  Predictions predictions;
  predictions.ids = std::vector<std::int64_t>{7, 8, 9};
  predictions.tasks.push_back(std::move(task));
  return predictions;
}

TEST_CASE("classes are written by name, with probabilities and the truth") {
  TaskPredictions binary;
  binary.task = {"sold", TaskType::kBinary, {"no", "yes"}, 1, {}, {}};
  binary.prob = {0.25F, 0.5F, 0.75F};
  binary.y = {0, 1, kUnknown};
  CHECK(Csv(OneTask(binary)) ==
        "id,sold,sold.prob,sold.true\n"
        "7,no,0.25,no\n8,no,0.5,yes\n9,yes,0.75,\n");
  TaskPredictions classes;
  classes.task = {"c", TaskType::kMulticlass, {"a", "b"}, 1, {}, {}};
  classes.prob = {0.75F, 0.25F, 0.5F, 0.5F, 0.25F, 0.75F};
  CHECK(Csv(OneTask(classes)) ==
        "id,c,c.prob.a,c.prob.b\n7,a,0.75,0.25\n8,a,0.5,0.5\n9,b,0.25,0.75\n");
}

TEST_CASE("numbers and labels have a column each") {
  TaskPredictions numbers;
  numbers.task = {"y", TaskType::kRegression, {}, 2, {}, {}};
  numbers.pred = {1, 2, 3, 4, 5, 6.5F};
  CHECK(Csv(OneTask(numbers)) == "id,y.1,y.2\n7,1,2\n8,3,4\n9,5,6.5\n");
  TaskPredictions labels;
  labels.task = {"t", TaskType::kMultilabel, {"u", "v"}, 1, {}, {}};
  labels.prob = {0.75F, 0.25F, 0.5F, 0, 0, 1};
  labels.y = {1, 0, kUnknown, 0, 0, 1};
  CHECK(Csv(OneTask(labels)) ==
        "id,t.u,t.v,t.prob.u,t.prob.v,t.true.u,t.true.v\n"
        "7,1,0,0.75,0.25,1,0\n8,0,0,0.5,0,,0\n9,0,1,0,1,0,1\n");
}

TEST_CASE("ordinal classes and quantiles are columns by name") {
  TaskPredictions rating;
  rating.task.name = "r";
  rating.task.type = ParseTaskType("ordinal");
  rating.task.classes = {"lo", "mid", "hi"};
  rating.prob = {0.5F, 0.25F, 0.25F, 0.25F, 0.25F, 0.5F, 0, 0.25F, 0.75F};
  CHECK(Csv(OneTask(rating)) ==
        "id,r,r.prob.lo,r.prob.mid,r.prob.hi\n"
        "7,lo,0.5,0.25,0.25\n8,mid,0.25,0.25,0.5\n9,hi,0,0.25,0.75\n");
  TaskPredictions price;
  price.task.name = "y";
  price.task.form = ParseForm("quantile");
  price.task.levels = {0.1, 0.9};
  price.pred = {1, 2, 3, 4, 5, 6.5F};
  price.y = {1, kUnknown, 7};
  CHECK(Csv(OneTask(price)) ==
        "id,y:q0.1,y:q0.9,y.true\n7,1,2,1\n8,3,4,\n9,5,6.5,7\n");
}

TEST_CASE("rows that a task does not have are empty") {
  TaskPredictions task;
  task.task = {"y", TaskType::kRegression, {}, 1, {}, {}};
  task.on_all_rows = false;
  task.rows = {1};
  task.pred = {0.1F};
  CHECK(Csv(OneTask(task)) == "id,y\n7,\n8,0.1\n9,\n");
}

}  // namespace
}  // namespace mtlkit
