#include "train/weighting.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "golden/golden.h"
#include "train/weightings/graddrop.h"

namespace mtlkit {
namespace {

using golden::json;
using golden::Numbers;

std::vector<Task> Tasks(std::size_t count) {
  std::vector<Task> tasks(count);
  for (std::size_t i = 0; i < count; ++i) {
    tasks[i].name = "t" + std::to_string(i);
  }
  return tasks;
}

// A matrix of gradients, one row a task, and what a weighting sees of it.
struct Scene {
  explicit Scene(std::vector<std::vector<double>> gradients)
      : rows(std::move(gradients)),
        losses(rows.size(), 1.0),
        present(rows.size(), 1),
        task_weight(rows.size(), 1.0),
        gram(rows.size() * rows.size()) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t j = 0; j < rows.size(); ++j) {
        double sum = 0;
        for (std::size_t c = 0; c < rows[i].size(); ++c) {
          sum += rows[i][c] * rows[j][c];
        }
        gram[i * rows.size() + j] = sum;
      }
    }
  }

  WeightingSignals Signals() const {
    WeightingSignals signals;
    signals.losses = losses;
    signals.present = present;
    signals.task_weight = task_weight;
    const Index k = static_cast<Index>(rows.size());
    signals.gramian = {gram.data(), k, k};
    signals.rng = &rng;
    return signals;
  }

  std::vector<double> Weights(const Weighting& weighting) const {
    std::vector<double> state(static_cast<std::size_t>(weighting.state_size()));
    weighting.InitState(state);
    std::vector<double> w(rows.size());
    weighting.Weights(Signals(), state, w);
    return w;
  }

  std::vector<std::vector<double>> rows;
  std::vector<double> losses;
  std::vector<std::uint8_t> present;
  std::vector<double> task_weight;
  std::vector<double> gram;
  Rng rng{1, RandomPurpose::kWeighting, 7};
};

const json& Root() {
  static const json root = golden::Load("weightings");
  return root;
}

Scene SceneOf(const json& entry) {
  const json& matrix =
      Root()["matrices"][entry["inputs"]["matrix"].get<std::string>()];
  return Scene(matrix["J"].get<std::vector<std::vector<double>>>());
}

double Tolerance(const json& entry) {
  // Weights are double whatever parameters are.
  return entry["tolerance"]["float64"].get<double>();
}

bool CheckPcgrad(const json& entry) {
  const Scene scene = SceneOf(entry);
  const auto weighting = MakeWeighting({"pcgrad", {{"order", "ascending"}}},
                                       Tasks(scene.rows.size()));
  const std::vector<double> w = scene.Weights(*weighting);
  if (entry.value("weights_unique", true)) {
    golden::CheckClose(entry["expected"]["weights"], w, Tolerance(entry));
  }
  return true;
}

bool CheckGraddrop(const json& entry) {
  const Scene scene = SceneOf(entry);
  const std::vector<double> draws = Numbers(entry["params"]["uniform_draws"]);
  std::vector<double> direction(draws.size());
  for (std::size_t c = 0; c < draws.size(); ++c) {
    double positive = 0;
    double negative = 0;
    for (const auto& row : scene.rows) {
      (row[c] > 0 ? positive : negative) += row[c];
    }
    direction[c] = DropSign(positive, negative, draws[c],
                            entry["params"]["leak"].get<double>());
  }
  golden::CheckClose(entry["expected"]["direction"], direction,
                     Tolerance(entry));
  return true;
}

// The sum (w = 1) and the mean (w = 1 / K) of gradients.
bool CheckConstant(const json& entry, const char* name) {
  const Scene scene = SceneOf(entry);
  const auto weighting = MakeWeighting({name, {}}, Tasks(scene.rows.size()));
  golden::CheckClose(entry["expected"]["weights"], scene.Weights(*weighting),
                     Tolerance(entry));
  return true;
}

bool CheckUncertainty(const json& entry, TaskType type) {
  const json& params = entry["params"];
  if (params.value("optimiser", "adam") != "adam") return false;
  std::vector<Task> tasks = Tasks(3);
  for (Task& task : tasks) task.type = type;
  const auto weighting =
      MakeWeighting({"uncertainty",
                     {{"rate", FormatNumber(params.value("lr", 0.1))},
                      {"start", params["start"].dump()}}},
                    tasks);
  std::vector<double> state(12);
  weighting->InitState(state);
  Scene scene({{1}, {1}, {1}});
  const json& expected = entry["expected"];
  const bool series = expected.contains("steps");
  const std::size_t steps = series ? expected["steps"].size() : 1;
  for (std::size_t t = 0; t < steps; ++t) {
    scene.losses = Numbers(entry["inputs"]["losses"][t]);
    std::vector<double> w(3);
    weighting->Weights(scene.Signals(), state, w);
    golden::CheckClose(
        series ? expected["steps"][t]["weights"] : expected["weights"], w,
        Tolerance(entry));
  }
  return true;
}

TEST_CASE("weights are those of the reference") {
  golden::ForEachCase("weightings", [](const json& entry) {
    const std::string method = entry["method"];
    if (method == "sum") return CheckConstant(entry, "equal");
    if (method == "mean") return CheckConstant(entry, "fixed");
    if (method == "pcgrad") return CheckPcgrad(entry);
    if (method == "graddrop") return CheckGraddrop(entry);
    if (method == "uw") return CheckUncertainty(entry, TaskType::kRegression);
    if (method == "uw-classification") {
      return CheckUncertainty(entry, TaskType::kMulticlass);
    }
    return false;
  });
}

TEST_CASE("graddrop keeps one sign in each place") {
  const auto weighting = MakeWeighting({"graddrop", {}}, Tasks(2));
  const Scene scene({{3, 1, -2}, {-1, 2, -2}});
  const std::vector<Real> gradients = {3, 1, -2, -1, 2, -2};
  const std::vector<double> w = {1, 1};
  std::vector<Real> out(3);
  int kept = 0;
  for (Index place = 0; place < 3000; place += 3) {
    weighting->Combine(scene.Signals(), w, {gradients.data(), 2, 3}, place,
                       out);
    const bool one = out[0] == Real{3} || out[0] == Real{-1};
    REQUIRE(one);
    REQUIRE(out[1] == Real{3});
    REQUIRE(out[2] == Real{-4});
    kept += out[0] == Real{3} ? 1 : 0;
  }
  // P = (1 + 2 / 4) / 2 = 0.75.
  CHECK(kept > 700);
  CHECK(kept < 800);
}

TEST_CASE("uncertainty can use one form for all tasks") {
  std::vector<Task> tasks = Tasks(2);
  tasks[0].type = TaskType::kBinary;
  const Scene scene({{1}, {1}});
  CHECK(scene.Weights(*MakeWeighting({"uncertainty", {}}, tasks)) ==
        std::vector<double>{1, 0.5});
  CHECK(scene.Weights(*MakeWeighting({"uncertainty", {{"form", "regression"}}},
                                     tasks)) == std::vector<double>{0.5, 0.5});
}

TEST_CASE("equal sums losses, fixed averages them by the task weights") {
  Scene scene({{1, 0}, {0, 1}});
  CHECK(scene.Weights(*MakeWeighting({"equal", {}}, Tasks(2))) ==
        std::vector<double>{1, 1});
  scene.task_weight = {3, 1};
  CHECK(scene.Weights(*MakeWeighting({"fixed", {}}, Tasks(2))) ==
        std::vector<double>{0.25, 0.25});
}

TEST_CASE("task weights are read by name and refused where they are wrong") {
  const std::vector<Task> tasks = Tasks(2);
  CHECK(ParseTaskWeights(std::vector<std::string>{"t1=2.5"}, tasks) ==
        std::vector<double>{1, 2.5});
  for (const char* text : {"t1", "t1=0", "t1=x", "t2=1", "t1=-1", "t1=nan"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(ParseTaskWeights(std::vector<std::string>{text}, tasks),
                    Error);
  }
  CHECK_THROWS_AS(
      ParseTaskWeights(std::vector<std::string>{"t1=1", "t1=2"}, tasks), Error);
}

}  // namespace
}  // namespace mtlkit
