// Methods on the Gramian against weightings.json, and all against the small
// matrix of aggregators.json.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/text.h"
#include "golden/golden.h"
#include "train/golden_scene.h"
#include "train/gramian_exact.h"
#include "train/weighting_golden.h"

namespace mtlkit {
namespace {

using golden::json;
using golden::Numbers;

std::string TextOf(const json& number) {
  return FormatNumber(number.get<double>());
}

// The method as the reference means it, without what is added here.
Choice ChoiceOf(const json& entry) {
  const json& params = entry["params"];
  const std::string method = entry["method"];
  if (method == "cagrad") {
    return {method, {{"c", TextOf(params["c"])}, {"rescale", "no"}}};
  }
  if (method == "nash") {
    return {
        method,
        {{"regularise", TextOf(params["regularise"])}, {"normalise", "no"}}};
  }
  if (method == "fairgrad") {
    return {method,
            {{"alpha", TextOf(params["alpha"])},
             {"regularise", TextOf(params["regularise"])},
             {"normalise", "no"}}};
  }
  if (method == "aligned-mtl") {
    return {method, {{"scale", params["scale"].get<std::string>()}}};
  }
  if (method == "pe-ltr") {
    const std::vector<double> floor = Numbers(params["floor"]);
    return {method,
            {{"floor",
              FormatNumber(floor[0] * static_cast<double>(floor.size()))}}};
  }
  return {method, {}};
}

// Relative to the largest weight, whatever the scale of weights is.
void CheckWeights(const std::vector<double>& wanted,
                  const std::vector<double>& w, double tolerance) {
  REQUIRE(wanted.size() == w.size());
  double largest = 0;
  for (const double weight : wanted) {
    largest = std::max(largest, std::abs(weight));
  }
  for (std::size_t i = 0; i < w.size(); ++i) {
    CHECK(std::abs(w[i] - wanted[i]) <= tolerance * largest);
  }
}

bool CheckGradvac(const json& entry) {
  const json& series = entry["inputs"]["series"];
  const json& params = entry["params"];
  const json& expected = entry["expected"];
  const std::size_t tasks = series[0].size();
  const bool always = params["update"] == "every pair";
  const auto weighting =
      MakeWeighting({"gradvac",
                     {{"beta", TextOf(params["beta"])},
                      {"update", always ? "always" : "below"},
                      {"order", "ascending"}}},
                    Tasks(tasks));
  std::vector<double> state(tasks * tasks);
  weighting->InitState(state);
  for (std::size_t t = 0; t < series.size(); ++t) {
    const Scene scene(series[t].get<std::vector<std::vector<double>>>());
    std::vector<double> w(tasks);
    weighting->Weights(scene.Signals(), state, w);
    CheckWeights(Numbers(expected["weights"][t]), w, Tolerance(entry));
    CheckDirection(entry, expected["directions"][t], scene.rows, w);
  }
  golden::CheckClose(expected["rho"], state, Tolerance(entry));
  return true;
}

// Whether two gradients are opposite but for rounding.
bool IsOneLine(const Scene& scene) {
  if (scene.rows.size() != 2) return false;
  const double product = scene.gram[1];
  return product < 0 &&
         product * product >= (1 - 1e-12) * scene.gram[0] * scene.gram[3];
}

bool IsFinite(const std::vector<double>& w) {
  return std::all_of(w.begin(), w.end(),
                     [](double value) { return std::isfinite(value); });
}

}  // namespace

bool CheckGramianCase(const json& entry) {
  const std::string method = entry["method"];
  if (method == "gradvac") return CheckGradvac(entry);
  const std::vector<std::string> methods = {
      "upgrad",   "dualproj",    "cagrad", "imtl-g", "nash",
      "fairgrad", "aligned-mtl", "config", "pe-ltr"};
  if (std::find(methods.begin(), methods.end(), method) == methods.end()) {
    return false;
  }
  CAPTURE(entry["id"].get<std::string>());
  const Scene scene = SceneOf(entry);
  Choice choice = ChoiceOf(entry);
  const std::vector<double> w =
      scene.Weights(*MakeWeighting(choice, Tasks(scene.rows.size())));
  const json& expected = entry["expected"];
  CHECK(IsFinite(w));
  if (expected["status"] == "undefined") return true;
  const auto exact = ExactWeights().find(entry["id"].get<std::string>());
  if (exact != ExactWeights().end()) {
    CheckWeights(exact->second, w, 1e-9);
    return true;
  }
  if (method == "config" && IsOneLine(scene)) {
    // The reference has the direction of a rounding error there.
    CHECK(w == std::vector<double>(w.size(), 0.0));
    return true;
  }
  if (entry.value("weights_unique", true) && expected.contains("weights")) {
    CheckWeights(Numbers(expected["weights"]), w, Tolerance(entry));
  }
  CheckDirection(entry, expected["direction"], scene.rows, w);
  if (expected.contains("direction_rescale_1")) {
    choice.options.pop_back();
    CheckDirection(
        entry, expected["direction_rescale_1"], scene.rows,
        scene.Weights(*MakeWeighting(choice, Tasks(scene.rows.size()))));
  }
  return true;
}

namespace {

Choice PublishedChoice(const json& method) {
  const std::string name = method["name"];
  if (name == "sum") return {"equal", {}};
  if (name == "mean") return {"fixed", {}};
  Choice choice = {name, {}};
  if (name == "cagrad") {
    choice.options = {{"c", TextOf(method["c"])},
                      {"rescale", method["rescale"] == 1 ? "yes" : "no"}};
  }
  if (name == "nash" || name == "fairgrad") {
    choice.options = {{"regularise", "0"}, {"normalise", "no"}};
  }
  if (name == "fairgrad") {
    choice.options.emplace_back("alpha", TextOf(method["alpha"]));
  }
  return choice;
}

TEST_CASE("weights are those published for a small matrix") {
  const json root = golden::Load("aggregators");
  const Scene scene(root["jacobian"].get<std::vector<std::vector<double>>>());
  for (const json& method : root["methods"]) {
    CAPTURE(method.dump());
    const double tolerance =
        method.value("tolerance", root["tolerance"].get<double>());
    const std::vector<double> w =
        scene.Weights(*MakeWeighting(PublishedChoice(method), Tasks(2)));
    if (method.contains("weights")) {
      CheckWeights(Numbers(method["weights"]), w, tolerance);
    }
    const std::vector<double> direction = Numbers(method["direction"]);
    for (std::size_t c = 0; c < direction.size(); ++c) {
      const double sum = w[0] * scene.rows[0][c] + w[1] * scene.rows[1][c];
      CHECK(std::abs(sum - direction[c]) <= tolerance * 4);
    }
  }
}

}  // namespace
}  // namespace mtlkit
