#include "eval/join.h"

#include <doctest/doctest.h>

#include <cmath>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/parallel.h"
#include "eval/evaluation.h"
#include "eval/pool.h"
#include "eval/sample.h"

namespace mtlkit {
namespace {

Predictions Binary(std::vector<std::int64_t> ids, std::vector<float> prob,
                   std::vector<float> y) {
  Predictions predictions;
  predictions.ids = std::move(ids);
  TaskPredictions task;
  task.task.name = "sold";
  task.task.type = TaskType::kBinary;
  task.task.classes = {"no", "yes"};
  task.prob = std::move(prob);
  task.y = std::move(y);
  predictions.tasks.push_back(std::move(task));
  return predictions;
}

// A joined task whose labelled rows are all read.
struct ReadTask {
  Task task;
  std::vector<Index> rows;
  std::vector<double> weights;
  bool weighted = false;
  std::vector<double> y;
  std::vector<std::optional<std::vector<double>>> outputs;
  Index missing = 0;
  Index unknown = 0;
  std::set<std::string> unknown_classes;
};

ReadTask ReadAll(JoinedTask joined) {
  ReadTask task;
  task.task = joined.task;
  task.weighted = joined.weighted;
  task.unknown = joined.unknown;
  task.unknown_classes = joined.unknown_classes;
  const Index cols = joined.task.prediction_cols();
  task.outputs.resize(joined.models.size());
  for (Index place = 0; place < joined.places; ++place) {
    if (!joined.HasLabel(place)) continue;
    task.rows.push_back(joined.RowOf(place));
    task.weights.push_back(joined.Weight(place));
    for (Index col = 0; col < joined.task.target_cols(); ++col) {
      task.y.push_back(static_cast<double>(
          joined.y[At(place * joined.task.target_cols() + col)]));
    }
    for (std::size_t i = 0; i < joined.models.size(); ++i) {
      if (!joined.models[i]) continue;
      if (!task.outputs[i]) task.outputs[i].emplace();
      std::vector<double> row(At(cols));
      joined.models[i]->Read(place, 1, row.data());
      task.outputs[i]->insert(task.outputs[i]->end(), row.begin(), row.end());
    }
  }
  task.missing = joined.places - static_cast<Index>(task.rows.size());
  return task;
}

struct Joined {
  JoinedHead head;
  std::vector<ReadTask> tasks;
};

Joined JoinAll(const std::vector<NamedSource>& models,
               const Dataset* truth = nullptr) {
  const JoinedModels joined(models, truth);
  Joined result{joined.head(), {}};
  for (Index t = 0; t < joined.task_count(); ++t) {
    result.tasks.push_back(ReadAll(joined.Take(t)));
  }
  return result;
}

Joined Join(std::vector<MadePredictions> models,
            const Dataset* truth = nullptr) {
  return JoinAll(Held(std::move(models)), truth);
}

TEST_CASE("models are brought onto the same rows by id") {
  const auto joined =
      Join({{"a", Binary({10, 20, 30}, {0.1F, 0.2F, 0.3F}, {0, 1, 0})},
            {"b", Binary({30, 10, 20}, {0.6F, 0.4F, 0.5F}, {0, 0, 1})}});
  const ReadTask& task = joined.tasks.at(0);
  CHECK(task.y == std::vector<double>{0, 1, 0});
  CHECK((*task.outputs[1])[0] == doctest::Approx(0.4));
  CHECK((*task.outputs[1])[1] == doctest::Approx(0.5));
  CHECK((*task.outputs[1])[2] == doctest::Approx(0.6));
}

TEST_CASE("rows without a label are counted and left out") {
  const auto joined =
      Join({{"a", Binary({1, 2, 3}, {0.1F, 0.2F, 0.3F}, {0, NAN, 1})}});
  CHECK(joined.tasks.at(0).rows == std::vector<Index>{0, 2});
  CHECK(joined.tasks.at(0).missing == 1);
}

TEST_CASE("classes are matched by name, not by position") {
  auto turned = Binary({1, 2}, {0.9F, 0.2F}, {1, 0});
  turned.tasks[0].task.classes = {"yes", "no"};  // so 0.9 is of "no"
  const auto joined =
      Join({{"a", Binary({1, 2}, {0.3F, 0.7F}, {0, 1})}, {"b", turned}});
  CHECK((*joined.tasks[0].outputs[1])[0] == doctest::Approx(0.1));
  CHECK(joined.tasks[0].y == std::vector<double>{0, 1});
}

TEST_CASE("a model that lacks a row of the first is refused with its id") {
  CHECK_THROWS_WITH_AS(Join({{"a", Binary({1, 2}, {0.1F, 0.2F}, {0, 1})},
                             {"b", Binary({1, 3}, {0.1F, 0.2F}, {0, 1})}}),
                       doctest::Contains("no prediction for the row '2'"),
                       Error);
}

TEST_CASE("two files that disagree about a label are refused") {
  CHECK_THROWS_WITH_AS(Join({{"a", Binary({1, 2}, {0.1F, 0.2F}, {0, 1})},
                             {"b", Binary({1, 2}, {0.1F, 0.2F}, {0, 0})}}),
                       doctest::Contains("row '2': its label differs"), Error);
}

TEST_CASE("folds of one name are pooled, and a row in two folds is refused") {
  const auto pooled =
      PoolByName(Held({{"a", Binary({1, 2}, {0.1F, 0.2F}, {0, 1})},
                       {"a", Binary({3}, {0.3F}, {1})}}));
  REQUIRE(pooled.size() == 1);
  const Joined joined = JoinAll(pooled);
  CHECK(joined.head.rows == 3);
  CHECK(joined.tasks[0].y == std::vector<double>{0, 1, 1});
  CHECK((*joined.tasks[0].outputs[0])[2] == doctest::Approx(0.3));
  CHECK_THROWS_WITH_AS(
      PoolByName(Held({{"a", Binary({1, 2}, {0.1F, 0.2F}, {0, 1})},
                       {"a", Binary({2}, {0.3F}, {1})}})),
      doctest::Contains("the row '2' is predicted twice under the name"),
      Error);
}

TEST_CASE("labels of another file replace those that came along") {
  Dataset truth;
  truth.rows = 2;
  truth.ids = std::vector<std::int64_t>{2, 1};
  Task task;
  task.name = "sold";
  task.type = TaskType::kBinary;
  task.classes = {"no", "yes"};
  truth.tasks.push_back(task);
  truth.labels.push_back({{}, true, {1, 1}, {}});
  const auto joined =
      Join({{"a", Binary({1, 2, 3}, {0.1F, 0.2F, 0.3F}, {0, 0, 0})}}, &truth);
  CHECK(joined.tasks[0].rows == std::vector<Index>{0, 1});
  CHECK(joined.tasks[0].y == std::vector<double>{1, 1});
  CHECK(joined.tasks[0].weights == std::vector<double>{1, 1});
}

TEST_CASE("labels of another file bring their weights along") {
  Dataset truth;
  truth.rows = 2;
  truth.ids = std::vector<std::int64_t>{2, 1};
  Task task;
  task.name = "sold";
  task.type = TaskType::kBinary;
  task.classes = {"no", "yes"};
  truth.tasks.push_back(task);
  truth.labels.push_back({{}, true, {1, 0}, {3, 1}});
  truth.weights = {0.5F, 4};
  Predictions predicted = Binary({1, 2}, {0.1F, 0.2F}, {0, 0});
  predicted.tasks[0].weight = {7, 7};
  const auto joined = Join({{"a", predicted}}, &truth);
  CHECK(joined.tasks[0].weights == std::vector<double>{4, 1.5});
}

TEST_CASE("which file comes first does not decide what is an error") {
  const auto few = Binary({1, 2}, {0.1F, 0.2F}, {0, 1});
  const auto many = Binary({1, 2, 3}, {0.1F, 0.2F, 0.3F}, {0, 1, 0});
  const char* message = "few: task 'sold' has no prediction for the row '3'";
  CHECK_THROWS_WITH_AS(Join({{"few", few}, {"many", many}}),
                       doctest::Contains(message), Error);
  CHECK_THROWS_WITH_AS(Join({{"many", many}, {"few", few}}),
                       doctest::Contains(message), Error);
}

TEST_CASE("tasks of all models are joined, whichever file comes first") {
  const auto one = Binary({1, 2}, {0.1F, 0.2F}, {0, 1});
  auto two = Binary({2, 1, 7}, {0.3F, 0.4F, 0.5F}, {1, 0, 1});
  two.tasks.push_back(two.tasks[0]);
  two.tasks[1].task.name = "kept";
  two.tasks[0].on_all_rows = false;
  two.tasks[0].rows = {0, 1};
  two.tasks[0].prob.pop_back();
  two.tasks[0].y.pop_back();
  const Joined joined = Join({{"one", one}, {"two", two}});
  CHECK(joined.head.rows == 3);
  REQUIRE(joined.tasks.size() == 2);
  CHECK(joined.tasks[1].task.name == "kept");
  CHECK(!joined.tasks[1].outputs[0].has_value());
  CHECK((*joined.tasks[1].outputs[1])[2] == doctest::Approx(0.5));
  CHECK(joined.tasks[1].rows == std::vector<Index>{1, 0, 2});
  CHECK(Join({{"two", two}, {"one", one}}).tasks.size() == 2);
}

TEST_CASE("models without a common task are refused with their tasks") {
  const auto one = Binary({1, 2}, {0.1F, 0.2F}, {0, 1});
  auto two = one;
  two.tasks[0].task.name = "kept";
  CHECK_THROWS_WITH_AS(
      Join({{"one", one}, {"two", two}}),
      doctest::Contains("'one' has no task in common with the others: sold; "
                        "'two' has kept"),
      Error);
}

TEST_CASE("weights come with the labels, and two files must agree on them") {
  auto one = Binary({1, 2}, {0.1F, 0.2F}, {0, 1});
  auto two = one;
  one.tasks[0].weight = {1, 0};
  CHECK(Join({{"two", two}, {"one", one}}).tasks[0].weights ==
        std::vector<double>{1, 0});
  two.tasks[0].weight = {1, 2};
  CHECK_THROWS_WITH_AS(Join({{"one", one}, {"two", two}}),
                       doctest::Contains("row '2': its weight differs"), Error);
  Dataset truth;
  truth.rows = 2;
  truth.ids = std::vector<std::int64_t>{2, 1};
  truth.tasks.push_back(one.tasks[0].task);
  truth.labels.push_back({{}, true, {1, 1}, {3, 1}});
  truth.weights = {2, 0.5F};
  const Joined joined = Join({{"one", one}, {"two", two}}, &truth);
  CHECK(joined.tasks[0].weights == std::vector<double>{0.5, 6});
  CHECK(joined.tasks[0].weighted);
}

// Three rows, of the classes no, yes and maybe, for a model of no and yes.
Dataset TruthWithThirdClass() {
  Dataset truth;
  truth.rows = 3;
  truth.ids = std::vector<std::int64_t>{1, 2, 3};
  Task task;
  task.name = "sold";
  task.type = TaskType::kMulticlass;
  task.classes = {"maybe", "no", "yes"};
  truth.tasks.push_back(task);
  truth.labels.push_back({{}, true, {1, 2, 0}, {}});
  return truth;
}

TEST_CASE("a class that the model does not know stays a labelled row") {
  auto predicted = Binary({1, 2, 3}, {0.1F, 0.8F, 0.7F}, {0, 1, NAN});
  predicted.tasks[0].unknown_classes = {"maybe"};
  predicted.tasks[0].unknown = {-1, -1, 0};
  const Dataset truth = TruthWithThirdClass();
  for (const Dataset* given : {static_cast<const Dataset*>(nullptr), &truth}) {
    const ReadTask task = Join({{"a", predicted}}, given).tasks.at(0);
    CHECK(task.y == std::vector<double>{0, 1, 2});
    CHECK(task.unknown == 1);
    CHECK(task.unknown_classes == std::set<std::string>{"maybe"});
    CHECK(task.missing == 0);
  }
}

// Truth of one binary task for rows with these ids.
Dataset TruthOf(RowIds ids, std::vector<float> labels) {
  Dataset truth;
  truth.rows = IdCount(ids);
  truth.ids = std::move(ids);
  truth.tasks.push_back(Binary({}, {}, {}).tasks[0].task);
  truth.labels.push_back({{}, true, std::move(labels), {}});
  return truth;
}

TEST_CASE("rows that the file of other labels lacks are counted and told") {
  const auto one = Binary({1, 2, 3}, {0.1F, 0.9F, 0.3F}, {0, 0, 0});
  const Dataset truth = TruthOf(std::vector<std::int64_t>{7, 2, 1}, {1, 1, 0});
  CHECK(Join({{"a", one}}, &truth).head.not_in_truth == 1);
  ThreadPool pool(1);
  const Evaluation evaluation =
      Evaluate(JoinedModels(Held({{"a", one}}), &truth), {}, 1, pool);
  CHECK(evaluation.warnings ==
        std::vector<std::string>{
            "1 of 3 predicted rows are not in the file of --data: without a "
            "label, it is not measured"});
  const Dataset all = TruthOf(std::vector<std::int64_t>{1, 2, 3}, {1, 1, 0});
  CHECK(Join({{"a", one}}, &all).head.not_in_truth == 0);
}

TEST_CASE("labels of none of the predicted rows are refused with both ids") {
  const auto one = Binary({1, 2}, {0.1F, 0.9F}, {0, 1});
  const Dataset others = TruthOf(std::vector<std::int64_t>{7, 8}, {1, 1});
  CHECK_THROWS_WITH_AS(
      Join({{"a", one}}, &others),
      doctest::Contains("--data has none of the 2 predicted rows: its ids are "
                        "like '7', the predicted ones like '1'"),
      Error);
  const Dataset texts = TruthOf(std::vector<std::string>{"1", "2"}, {1, 1});
  CHECK_THROWS_WITH_AS(Join({{"a", one}}, &texts),
                       doctest::Contains("none of the 2 predicted rows"),
                       Error);
  const Dataset empty = TruthOf(std::vector<std::int64_t>{}, {});
  CHECK_THROWS_WITH_AS(Join({{"a", one}}, &empty),
                       doctest::Contains("none of the 2 predicted rows"),
                       Error);
}

TEST_CASE("a class without training rows is unknown in labels of a file, too") {
  auto one = Binary({1, 2, 3}, {0.1F, 0.2F, 0.3F}, {0, NAN, 0});
  one.tasks[0].constants = {1, 0};
  const Dataset truth = TruthOf(std::vector<std::int64_t>{1, 2, 3}, {0, 1, 0});
  const ReadTask task = Join({{"a", one}}, &truth).tasks.at(0);
  CHECK(task.y == std::vector<double>{0, 2, 0});
  CHECK(task.unknown == 1);
  CHECK(task.unknown_classes == std::set<std::string>{"yes"});
  // Peers that agreed on rows may have it, and so may other models or folds.
  auto agreed = one;
  agreed.tasks[0].constants_are_agreed = true;
  CHECK(Join({{"a", agreed}}, &truth).tasks[0].unknown == 0);
  auto two = Binary({1, 2, 3}, {0.1F, 0.2F, 0.3F}, {0, NAN, 0});
  two.tasks[0].task.classes = {"yes", "no"};
  two.tasks[0].constants = {0.25, 0.75};
  CHECK(Join({{"a", one}, {"b", two}}, &truth).tasks[0].unknown == 0);
  two.tasks[0].constants = {0, 1};
  CHECK(Join({{"a", one}, {"b", two}}, &truth).tasks[0].unknown == 1);
  auto fold = Binary({4}, {0.5F}, {0});
  fold.tasks[0].constants = {0.5, 0.5};
  const auto pooled = PoolByName(Held({{"a", one}, {"a", fold}}));
  CHECK(JoinAll(pooled, &truth).tasks[0].unknown == 0);
}

TEST_CASE("what one model has not learned and another has is a class of both") {
  auto one = Binary({1, 2, 3}, {0.1F, 0.2F, 0.3F}, {0, NAN, 0});
  one.tasks[0].constants = {1, 0};
  one.tasks[0].unknown_classes = {"yes"};
  one.tasks[0].unknown = {-1, 0, -1};
  const ReadTask alone = Join({{"one", one}}).tasks.at(0);
  CHECK(alone.y == std::vector<double>{0, 2, 0});
  CHECK(alone.unknown_classes == std::set<std::string>{"yes"});
  auto two = Binary({1, 2, 3}, {0.1F, 0.2F, 0.3F}, {0, 1, 0});
  two.tasks[0].constants = {0.5, 0.5};
  for (const bool turned : {false, true}) {
    const ReadTask both = turned ? Join({{"two", two}, {"one", one}}).tasks[0]
                                 : Join({{"one", one}, {"two", two}}).tasks[0];
    CHECK(both.y == std::vector<double>{0, 1, 0});
    CHECK(both.unknown == 0);
    CHECK(both.missing == 0);
  }
}

TEST_CASE("unknown classes of folds are pooled by name") {
  auto one = Binary({1, 2}, {0.1F, 0.2F}, {NAN, 1});
  one.tasks[0].unknown_classes = {"maybe"};
  one.tasks[0].unknown = {0, -1};
  auto two = Binary({3, 4}, {0.3F, 0.4F}, {NAN, NAN});
  two.tasks[0].unknown_classes = {"never", "maybe"};
  two.tasks[0].unknown = {1, 0};
  const auto plain = Binary({5}, {0.5F}, {0});
  const auto pooled = PoolByName(Held(
      {{"a", plain}, {"a", one}, {"a", two}, {"a", Binary({6}, {0.5F}, {1})}}));
  const UnknownLabels unknown = pooled.at(0).source->ReadLabels(0).unknown;
  CHECK(unknown.names == std::vector<std::string>{"maybe", "never"});
  CHECK(unknown.places == std::vector<std::int32_t>{-1, 0, -1, 0, 1, -1});
}

}  // namespace
}  // namespace mtlkit
