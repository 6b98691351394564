#include "train/weighting.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "golden/golden.h"
#include "train/golden_scene.h"
#include "train/weighting_golden.h"
#include "train/weighting_scene.h"
#include "train/weightings/graddrop.h"

namespace mtlkit {
namespace {

using golden::json;
using golden::Numbers;

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

// The rows as a way to normalise them has them.
std::vector<std::vector<double>> NormalisedRows(const Scene& scene,
                                                const std::string& normalise) {
  std::vector<std::vector<double>> rows = scene.rows;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    double scale = normalise == "l2" ? 1 : scene.losses[i];
    if (normalise != "loss") {
      scale *= std::sqrt(scene.gram[i * rows.size() + i]);
    }
    for (double& g : rows[i]) g /= scale;
  }
  return rows;
}

bool CheckMgda(const json& entry) {
  const std::string id = entry["id"];
  CAPTURE(id);
  const json& params = entry["params"];
  const json& expected = entry["expected"];
  const std::string normalise = params["normalise"];
  Scene scene = SceneOf(entry);
  if (params.contains("losses")) scene.losses = Numbers(params["losses"]);
  const std::vector<double> w = scene.Weights(*MakeWeighting(
      {"mgda", {{"normalise", normalise}}}, Tasks(scene.rows.size())));
  if (id == "K16_mixed_scale/mgda/normalisenone") {
    // The reference is exact relative to the longest row, a million times the
    // shortest; this is the solution in rational arithmetic.
    const std::vector<double> exact = {0.8628183472445706,
                                       0.1262184713167128,
                                       0,
                                       0.006488206444747768,
                                       0.00249709524865828,
                                       0.0007175714763275389,
                                       0.0011794206914930755,
                                       0,
                                       7.711759732025817e-05,
                                       0,
                                       1.1591911276051838e-06,
                                       0,
                                       0,
                                       2.0644433052654503e-06,
                                       2.799148615868579e-07,
                                       2.6643087519849977e-07};
    for (std::size_t i = 0; i < exact.size(); ++i) {
      CHECK(std::abs(w[i] - exact[i]) <= 1e-9 * exact[i]);
    }
    return true;
  }
  if (entry.value("weights_unique", true)) {
    golden::CheckClose(expected["weights"], w, Tolerance(entry));
  }
  // Where other weights do as well, only what they make of the rows that were
  // compared is the same.
  if (normalise != "none" && !entry.value("weights_unique", true)) {
    CheckDirection(entry, expected["direction_normalised_rows"],
                   NormalisedRows(scene, normalise), w);
  } else {
    CheckDirection(entry, expected["direction"], scene.rows, w);
  }
  return true;
}

// Gradients are in the precision of parameters.
double GradientTolerance(const json& entry) {
  return sizeof(Real) == sizeof(double) ? Tolerance(entry) : 1e-5;
}

bool CheckDbMtl(const json& entry) {
  CAPTURE(entry["id"].get<std::string>());
  const json& expected = entry["expected"];
  std::vector<double> w;
  if (!entry["inputs"].contains("series")) {
    const Scene scene = SceneOf(entry);
    Tracked run({"db-mtl", {{"beta", "0"}}}, scene.rows.size(),
                scene.rows[0].size());
    const std::vector<double> direction =
        run.Step(scene.rows, scene.losses, &w);
    golden::CheckClose(expected["weights"], w, GradientTolerance(entry));
    golden::CheckClose(expected["direction"], direction,
                       GradientTolerance(entry));
    return true;
  }
  const json& series = entry["inputs"]["series"];
  Tracked run({"db-mtl", {}}, series[0].size(), series[0][0].size());
  for (std::size_t t = 0; t < series.size(); ++t) {
    const std::vector<double> direction =
        run.Step(series[t].get<std::vector<std::vector<double>>>(),
                 Numbers(entry["inputs"]["losses"][t]), &w);
    golden::CheckClose(expected["weights"][t], w, GradientTolerance(entry));
    golden::CheckClose(expected["directions"][t], direction,
                       GradientTolerance(entry));
  }
  return true;
}

bool CheckFamo(const json& entry) {
  const json& losses = entry["inputs"]["losses"];
  const json& steps = entry["expected"]["steps"];
  const auto weighting = MakeWeighting({"famo", {}}, Tasks(3));
  std::vector<double> state(static_cast<std::size_t>(weighting->state_size()));
  weighting->InitState(state);
  Scene scene({{1}, {1}, {1}});
  const auto logits = [&state] {
    return std::vector<double>{state[0], state[4], state[8]};
  };
  for (std::size_t t = 0; t < steps.size(); ++t) {
    scene.losses = Numbers(losses[t]);
    golden::CheckClose(steps[t]["w"], logits(), Tolerance(entry));
    std::vector<double> w(3);
    weighting->Weights(scene.Signals(), state, w);
    golden::CheckClose(steps[t]["loss_weights"], w, Tolerance(entry));
    weighting->Observe(scene.Signals(), Numbers(losses[t + 1]), state);
  }
  golden::CheckClose(entry["expected"]["w_final"], logits(), Tolerance(entry));
  return true;
}

TEST_CASE("weights are those of the reference") {
  golden::ForEachCase("weightings", [](const json& entry) {
    const std::string method = entry["method"];
    if (method == "sum") return CheckConstant(entry, "equal");
    if (method == "mean") return CheckConstant(entry, "fixed");
    if (method == "pcgrad") return CheckPcgrad(entry);
    if (method == "mgda") return CheckMgda(entry);
    if (method == "db-mtl") return CheckDbMtl(entry);
    if (method == "famo") return CheckFamo(entry);
    if (method == "graddrop") return CheckGraddrop(entry);
    return CheckLossWeighting(entry) || CheckGradientWeighting(entry) ||
           CheckGramianCase(entry);
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
