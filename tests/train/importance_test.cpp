// Which inputs a model uses, by shuffling them.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "train/measure_importance.h"
#include "train/sample.h"

namespace mtlkit {
namespace {

// SampleData with names: `sign` hangs on x0, x1 and x2, `value` on x0 and x4,
// nothing on x9. x3 is two columns, as preparation makes pieces.
Dataset NamedData() {
  Dataset data = SampleData(400);
  data.inputs[0].columns = {"x0", "x1",       "x2", "x3",      "x4",
                            "x5", "x3:-1..0", "x7", "x3:0..1", "x9"};
  return data;
}

EvaluationOptions FewDraws() {
  EvaluationOptions options;
  options.draws = 100;
  return options;
}

struct TrainedOnNoise {
  Dataset data = NamedData();
  Model model = SampleModel(data);

  TrainedOnNoise() {
    TrainOptions options = SampleOptions();
    options.epochs = 20;
    TrainEnvironment environment;
    Train(InputsOf(data, options), options, 1, environment, &model);
  }
  Importance Measure(int threads = 1, Seed seed = 1) const {
    ThreadPool pool(threads);
    const EnsembleMember member = {&model, 1};
    return MeasureImportance({&member, 1}, data, "test", {3}, FewDraws(), seed,
                             &pool, nullptr);
  }
};

const ColumnImportance& ImportanceOf(const Importance& all,
                                     const std::string& name) {
  return *std::ranges::find(all.columns, name, &ColumnImportance::column);
}

TEST_CASE("inputs that a task hangs on are important to it, others are not") {
  const TrainedOnNoise trained;
  const Importance all = trained.Measure();
  REQUIRE(all.whole.tasks.size() == 3);
  const auto rise = [&](const char* column, std::size_t task) {
    return ImportanceOf(all, column).rises[task];
  };
  CHECK(rise("x1", 0).low > 0);  // AUC falls, so the error rises
  CHECK(rise("x0", 2).low > 1);  // RMSE
  CHECK(rise("x4", 2).low > 1);
  CHECK(std::abs(rise("x9", 2).value) < 0.5);
  CHECK(rise("x1", 2).value < rise("x0", 2).value / 3);
  // Most important first.
  CHECK(all.columns[0].column == "x0");
  CHECK(all.columns[0].overall.low > 0.1);
  for (std::size_t i = 1; i < all.columns.size(); ++i) {
    CHECK(all.columns[i - 1].overall.value >= all.columns[i].overall.value);
  }
}

TEST_CASE("the same orders, whatever threads and order of inputs") {
  const TrainedOnNoise trained;
  const Json one = RenderJson(trained.Measure(1));
  CHECK(one == RenderJson(trained.Measure(3)));
  CHECK(one != RenderJson(trained.Measure(1, 2)));
}

TEST_CASE("columns of one raw column are one input") {
  const Dataset data = NamedData();
  Model model = SampleModel(data);
  const EnsembleMember member = {&model, 1};
  CHECK(InputGroups({&member, 1}, data).size() == 10);
  // What `select` keeps says which columns the table had.
  model.transforms = {
      {"select",
       R"({"blocks": [{"name": "numeric", "kind": "dense", "cols": 8,
           "columns": ["x0", "x1", "x2", "x3", "x4", "x5", "x7", "x9"],
           "categories": []}], "left_out": []})",
       {}}};
  Dataset prepared = data;
  prepared.transforms = model.transforms;
  std::vector<InputGroup> groups;
  try {
    groups = InputGroups({&member, 1}, prepared);
  } catch (const Error& error) {
    FAIL(error.message());
  }
  REQUIRE(groups.size() == 8);
  CHECK(groups[3].name == "x3");
  CHECK(groups[3].parts[0].columns == std::vector<Index>{3, 6, 8});
}

TEST_CASE("importance is shown in all forms") {
  const TrainedOnNoise trained;
  Importance all = trained.Measure();
  const std::string text = RenderText(all);
  CHECK(text.find("error rises by  1 - ROC AUC") != std::string::npos);
  CHECK(text.find("means over 3 shuffles of each input; 95 % intervals over "
                  "rows and shuffles\n") != std::string::npos);
  const Json json = RenderJson(all);
  CHECK(json.at("columns")[0].at("name") == "x0");
  CHECK(json.at("columns")[0].at("tasks").at("value").at("value") ==
        all.columns[0].rises[2].value);
  CsvCells cells;
  CHECK(RenderCsv(all, &cells).find("\nx0,value,rmse,") != std::string::npos);
}

TEST_CASE("a model that uses nothing has no important input") {
  const Dataset data = NamedData();
  Model model = SampleModel(data);
  std::ranges::fill(model.params.weights.all(), Real{0});
  ThreadPool pool(1);
  const EnsembleMember member = {&model, 1};
  const Importance all = MeasureImportance({&member, 1}, data, "test", {2},
                                           FewDraws(), 1, &pool, nullptr);
  for (const ColumnImportance& column : all.columns) {
    CHECK(column.rises[2].value == 0);
    CHECK(column.rises[2].low == 0);
  }
}

}  // namespace
}  // namespace mtlkit
