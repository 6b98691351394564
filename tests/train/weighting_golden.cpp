#include "train/weighting_golden.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "train/golden_scene.h"
#include "train/weighting_math.h"
#include "train/weighting_scene.h"

namespace mtlkit {
namespace {

using golden::json;
using golden::Numbers;
using Options = std::vector<std::pair<std::string, std::string>>;

std::string Text(const json& number) {
  return FormatNumber(number.get<double>());
}

// Steps on rows of losses, compared with rows of weights.
void CheckSteps(const json& entry, const Choice& choice,
                TaskType type = TaskType::kRegression) {
  const json& rows = entry["inputs"]["losses"];
  std::vector<Task> tasks = Tasks(rows[0].size());
  for (Task& task : tasks) task.type = type;
  Series series(choice, tasks);
  const json& expected = entry["expected"];
  for (std::size_t t = 0; t < rows.size(); ++t) {
    const auto epoch = static_cast<Index>(t);
    const std::vector<double> w =
        series.Step(LossScene(Numbers(rows[t]), epoch));
    golden::CheckClose(expected.contains("steps")
                           ? expected["steps"][t]["weights"]
                           : expected["weights"][t],
                       w, Tolerance(entry));
  }
}

// A method that learns a number of each task.
void CheckLearned(const json& entry, const char* name, TaskType type) {
  const json& params = entry["params"];
  Options options = {{"start", params["start"].dump()}};
  if (params.contains("optimiser")) {
    options.emplace_back("optimizer", params["optimiser"].get<std::string>());
    options.emplace_back("rate", Text(params["lr"]));
    CheckSteps(entry, {name, options}, type);
    return;
  }
  // One call.
  std::vector<Task> tasks = Tasks(3);
  for (Task& task : tasks) task.type = type;
  Series series({name, options}, tasks);
  golden::CheckClose(
      entry["expected"]["weights"],
      series.Step(LossScene(Numbers(entry["inputs"]["losses"][0]))),
      Tolerance(entry));
}

void CheckRlw(const json& entry) {
  const json& draws = entry["inputs"]["draws"];
  for (std::size_t t = 0; t < draws.size(); ++t) {
    std::vector<double> w = Numbers(draws[t]);
    Softmax(w);
    golden::CheckClose(entry["expected"]["weights"][t], w, Tolerance(entry));
  }
}

// The preferences lambda are task weights, the ideal point is taken off.
void CheckStchOfPaper(const json& entry) {
  const json& params = entry["params"];
  const std::vector<double> lambda = Numbers(params["lambda"]);
  const std::vector<double> ideal = Numbers(params["reference"]);
  const json& rows = entry["inputs"]["losses"];
  Series series({"stch", {{"mu", Text(params["mu"])}}}, Tasks(lambda.size()));
  const double count = static_cast<double>(lambda.size());
  for (std::size_t t = 0; t < rows.size(); ++t) {
    std::vector<double> losses = Numbers(rows[t]);
    for (std::size_t i = 0; i < losses.size(); ++i) {
      losses[i] = count * lambda[i] * (losses[i] - ideal[i]);
    }
    std::vector<double> w = series.Step(LossScene(losses));
    for (std::size_t i = 0; i < w.size(); ++i) w[i] *= count * lambda[i];
    golden::CheckClose(entry["expected"]["weights"][t], w, Tolerance(entry));
  }
}

void CheckStch(const json& entry) {
  const json& params = entry["params"];
  if (params["form"] == "paper") {
    CheckStchOfPaper(entry);
    return;
  }
  const json& rows = entry["inputs"]["losses"];
  Series series(
      {"stch", {{"mu", Text(params["mu"])}, {"form", "log"}, {"warm-up", "1"}}},
      Tasks(rows[0].size()));
  series.Step(LossScene(Numbers(params["nadir"]), 0));
  for (std::size_t t = 0; t < rows.size(); ++t) {
    golden::CheckClose(entry["expected"]["weights"][t],
                       series.Step(LossScene(Numbers(rows[t]), 1)),
                       Tolerance(entry));
  }
}

void CheckDtp(const json& entry) {
  const json& rows = entry["inputs"]["kpi"];
  Series series({"dtp", {{"memory", "0"}}}, Tasks(rows[0].size()));
  for (std::size_t t = 0; t < rows.size(); ++t) {
    std::vector<double> losses = Numbers(rows[t]);
    for (double& value : losses) value = -std::log(value);
    golden::CheckClose(entry["expected"]["weights"][t],
                       series.Step(LossScene(losses)), Tolerance(entry));
  }
}

std::vector<std::vector<double>> Rows(const json& matrix) {
  return matrix.get<std::vector<std::vector<double>>>();
}

void CheckGradnorm(const json& entry) {
  const json& params = entry["params"];
  const json& rows = entry["inputs"]["series"];
  Series series({"gradnorm",
                 {{"alpha", Text(params["alpha"])},
                  {"rate", Text(params["lr"])},
                  {"optimizer", "sgd"}}},
                Tasks(rows[0].size()));
  for (std::size_t t = 0; t < rows.size(); ++t) {
    Scene scene(Rows(rows[t]));
    scene.losses = Numbers(entry["inputs"]["losses"][t]);
    golden::CheckClose(entry["expected"]["steps"][t]["weights"],
                       series.Step(scene), Tolerance(entry));
  }
}

// Of the first step with a matrix.
void CheckMatrix(const json& entry, const char* name, const Options& options) {
  const Scene scene = SceneOf(entry);
  golden::CheckClose(
      entry["expected"]["weights"],
      scene.Weights(*MakeWeighting({name, options}, Tasks(scene.rows.size()))),
      Tolerance(entry));
}

void CheckTrimmedMean(const json& entry) {
  const Scene scene = SceneOf(entry);
  const auto weighting = MakeWeighting(
      {"trimmed-mean", {{"trim", entry["params"]["trim"].dump()}}},
      Tasks(scene.rows.size()));
  std::vector<Real> flat;
  for (const std::vector<double>& row : scene.rows) {
    for (const double g : row) flat.push_back(static_cast<Real>(g));
  }
  std::vector<Real> out(scene.rows[0].size());
  weighting->Combine(scene.Signals(), scene.Weights(*weighting),
                     {flat.data(), std::ssize(scene.rows), std::ssize(out)}, 0,
                     out);
  golden::CheckClose(entry["expected"]["direction"], out,
                     golden::Tolerance(entry));
}

// Products of gradients of two samples: those of the case in turn.
Scene SceneOfProducts(const json& products) {
  Scene scene(std::vector<std::vector<double>>(products.size(), {1.0}));
  scene.gram = Numbers(products);
  return scene;
}

void CheckModo(const json& entry) {
  const json& products = entry["inputs"]["cross_gramians"];
  const json& params = entry["params"];
  Series series(
      {"modo",
       {{"gamma", Text(params["gamma"])}, {"rho", Text(params["rho"])}}},
      Tasks(products[0].size()));
  for (std::size_t t = 0; t < products.size(); ++t) {
    golden::CheckClose(entry["expected"]["weights"][t],
                       series.Step(SceneOfProducts(products[t])),
                       Tolerance(entry));
  }
}

void CheckSdmgrad(const json& entry) {
  const json& products = entry["inputs"]["cross_gramians"];
  const json& params = entry["params"];
  const std::size_t tasks = products[0].size();
  std::vector<double> state(tasks, 1);
  for (std::size_t t = 0; t < products.size(); ++t) {
    const Scene scene = SceneOfProducts(products[t]);
    // The reference adds 1e-8 to what it divides by.
    double length = 0;
    for (std::size_t i = 0; i < tasks; ++i) {
      length += std::sqrt(std::max(0.0, scene.gram[i * (tasks + 1)])) /
                static_cast<double>(tasks);
    }
    const double rate =
        params["lr"].get<double>() * length * length / (length * length + 1e-8);
    Series series({"sdmgrad",
                   {{"rate", FormatNumber(rate)},
                    {"momentum", Text(params["momentum"])},
                    {"iterations", params["iterations"].dump()},
                    {"lambda", Text(params["lambda"])},
                    {"scale", "lengths"}}},
                  Tasks(tasks));
    series.state = state;
    golden::CheckClose(entry["expected"]["weights"][t], series.Step(scene),
                       Tolerance(entry));
    state = series.state;
  }
}

void CheckCrMogm(const json& entry) {
  const json& rows = entry["inputs"]["series"];
  Series series({"cr-mogm",
                 {{"alpha", Text(entry["params"]["alpha"])},
                  {"base", "pcgrad:order=ascending"}}},
                Tasks(rows[0].size()));
  for (std::size_t t = 0; t < rows.size(); ++t) {
    golden::CheckClose(entry["expected"]["weights"][t],
                       series.Step(Scene(Rows(rows[t]))), Tolerance(entry));
  }
}

// Methods that keep something of gradients, which are in single precision
// unless all is in double.
void CheckTracked(const json& entry, const Choice& choice) {
  const json& rows = entry["inputs"]["series"];
  const json& expected = entry["expected"];
  Tracked run(choice, rows[0].size(), rows[0][0].size());
  const bool is_double = sizeof(Real) == sizeof(double);
  const double tolerance = is_double ? Tolerance(entry) : 1e-5;
  for (std::size_t t = 0; t < rows.size(); ++t) {
    const std::vector<std::vector<double>> gradients = Rows(rows[t]);
    std::vector<double> losses = Numbers(entry["inputs"]["losses"][t]);
    if (choice.name == "moco") {
      // The reference adds 1e-8 to the lengths that it divides by.
      const Scene scene(gradients);
      for (std::size_t i = 0; i < losses.size(); ++i) {
        const double length = std::sqrt(scene.gram[i * (losses.size() + 1)]);
        losses[i] *= length / (length + 1e-8);
      }
    }
    std::vector<double> w;
    const std::vector<double> direction = run.Step(gradients, losses, &w);
    golden::CheckClose(expected["weights"][t], w, tolerance);
    if (!expected.contains("directions")) continue;
    golden::CheckClose(expected["directions"][t], direction, tolerance);
  }
}

using CaseCheck = std::function<void(const json&)>;

bool Apply(const std::map<std::string, CaseCheck>& checks, const json& entry) {
  CAPTURE(entry["id"].get<std::string>());
  const auto found = checks.find(entry["method"].get<std::string>());
  if (found == checks.end()) return false;
  found->second(entry);
  return true;
}

}  // namespace

bool CheckLossWeighting(const json& entry) {
  static const std::map<std::string, CaseCheck> checks = {
      {"uw",
       [](const json& e) {
         CheckLearned(e, "uncertainty", TaskType::kRegression);
       }},
      {"uw-classification",
       [](const json& e) {
         CheckLearned(e, "uncertainty", TaskType::kMulticlass);
       }},
      {"imtl-l",
       [](const json& e) { CheckLearned(e, "imtl-l", TaskType::kRegression); }},
      {"dwa",
       [](const json& e) {
         CheckSteps(e, {"dwa", {{"temperature", Text(e["params"]["T"])}}});
       }},
      {"rlw", CheckRlw},
      {"gls",
       [](const json& e) {
         CheckSteps(e, {"geometric", {}});
       }},
      {"si",
       [](const json& e) {
         CheckSteps(e, {"log", {}});
       }},
      {"stch", CheckStch},
      {"slaw",
       [](const json& e) {
         CheckSteps(e, {"slaw", {{"beta", Text(e["params"]["beta"])}}});
       }},
      {"cov",
       [](const json& e) {
         CheckSteps(e, {"cov", {}});
       }},
      {"dtp", CheckDtp}};
  return Apply(checks, entry);
}

bool CheckGradientWeighting(const json& entry) {
  static const std::map<std::string, CaseCheck> checks = {
      {"gradnorm", CheckGradnorm},
      {"metabalance",
       [](const json& e) {
         CheckMatrix(e, "metabalance",
                     {{"target", "t0"}, {"relax", Text(e["params"]["relax"])}});
       }},
      {"krum",
       [](const json& e) {
         CheckMatrix(e, "krum",
                     {{"outliers", e["params"]["byzantine"].dump()},
                      {"selected", e["params"]["selected"].dump()}});
       }},
      {"trimmed-mean", CheckTrimmedMean},
      {"modo", CheckModo},
      {"sdmgrad", CheckSdmgrad},
      {"cr-mogm", CheckCrMogm},
      {"moco",
       [](const json& e) {
         const json& params = e["params"];
         CheckTracked(e, {"moco",
                          {{"beta", Text(params["beta"])},
                           {"beta-sigma", Text(params["beta_sigma"])},
                           {"gamma", Text(params["gamma"])},
                           {"gamma-sigma", Text(params["gamma_sigma"])},
                           {"projection", "softmax"}}});
       }},
      {"excess-mtl", [](const json& e) {
         CheckTracked(e, {"excess-mtl",
                          {{"eta", Text(e["params"]["eta"])},
                           {"epsilon", Text(e["params"]["eps"])},
                           {"first", "raw"}}});
       }}};
  return Apply(checks, entry);
}

}  // namespace mtlkit
