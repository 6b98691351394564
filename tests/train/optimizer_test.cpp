#include "train/optimizer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "golden/golden.h"
#include "train/averaging.h"

namespace mtlkit {
namespace {

using golden::json;
using golden::Reals;

// Parameters with an optimiser's state.
struct Walker {
  Walker(const Choice& choice, std::vector<Real> start)
      : optimizer(MakeOptimizer(choice)), weights(std::move(start)) {
    slots.assign(static_cast<std::size_t>(optimizer->slots()),
                 std::vector<Real>(weights.size(), Real{0}));
  }

  void Step(const std::vector<Real>& gradient, double rate, double decay,
            double scale) {
    std::vector<Real*> pointers;
    for (std::vector<Real>& slot : slots) pointers.push_back(slot.data());
    OptimizerStep step;
    step.weights = weights;
    step.gradient = gradient;
    step.slots = pointers;
    step.step = ++count;
    step.rate = rate;
    step.gradient_scale = scale;
    step.decay = decay;
    optimizer->Step(step);
    if (optimizer->scales_parameters()) Finish(step);
  }

  // Parameter by parameter.
  void Finish(OptimizerStep step) {
    std::size_t first = 0;
    for (const std::size_t size : sizes) {
      step.weights = std::span(weights).subspan(first, size);
      std::vector<Real*> pointers;
      for (auto& slot : slots) pointers.push_back(slot.data() + first);
      step.slots = pointers;
      const auto norm = [size](const Real* numbers) {
        double square = 0;
        for (std::size_t i = 0; i < size; ++i) {
          square += static_cast<double>(numbers[i] * numbers[i]);
        }
        return std::sqrt(square);
      };
      optimizer->Finish(step, norm(step.weights.data()), norm(pointers.back()));
      first += size;
    }
  }

  std::unique_ptr<Optimizer> optimizer;
  std::vector<Real> weights;
  std::vector<std::vector<Real>> slots;
  std::vector<std::size_t> sizes = {weights.size()};  // of parameters
  Index count = 0;
};

Choice ChoiceOf(const std::string& method, const json& params) {
  Choice choice{method, {}};
  const auto add = [&](const char* theirs, const char* ours) {
    if (params.contains(theirs)) {
      choice.options.emplace_back(ours, params[theirs].dump());
    }
  };
  add("momentum", "momentum");
  add("nesterov", "nesterov");
  add("dampening", "dampening");
  add("beta1", "beta1");
  add("beta2", "beta2");
  add("eps", "epsilon");
  add("alpha", "alpha");
  add("centred", "centred");
  add("start_accumulator", "start");
  add("rate_decay", "rate-decay");
  add("rho", "rho");
  add("psi", "momentum-decay");
  add("bias_correction", "corrects");
  const bool has_either = method != "adam" && method != "adamw" &&
                          method != "lamb" && method != "lion";
  if (has_either && params.value("decay_kind", "none") == "decoupled") {
    choice.options.emplace_back("decoupled", "yes");
  }
  return choice;
}

const json& Root() {
  static const json root = golden::Load("optimisers");
  return root;
}

struct Clipping {
  double norm = 0;
  double value = 0;
};

void Check(const json& entry, Walker walker, double decay,
           const Clipping& clip) {
  CAPTURE(entry["id"].get<std::string>());
  const json& params = entry["params"];
  const json& gradients = entry["inputs"].contains("gradients")
                              ? entry["inputs"]["gradients"]
                              : Root()["gradients"];
  const double tolerance = golden::Tolerance(entry);
  for (std::size_t t = 0; t < gradients.size(); ++t) {
    std::vector<Real> gradient = Reals(gradients[t]);
    double scale = 1;
    if (clip.value > 0) ClipValues(gradient, clip.value);
    if (clip.norm > 0) {
      double square = 0;
      for (const Real g : gradient) square += static_cast<double>(g * g);
      scale = ClipScale(std::sqrt(square), clip.norm);
    }
    const double rate = params.contains("rates")
                            ? params["rates"][t].get<double>()
                            : params["rate"].get<double>();
    walker.Step(gradient, rate, decay, scale);
    golden::CheckClose(entry["expected"]["parameters"][t], walker.weights,
                       tolerance);
  }
  std::size_t slot = 0;
  // rmsprop's momentum lies behind a place for its mean.
  const bool is_rmsprop = entry["method"] == "rmsprop";
  for (const char* name :
       is_rmsprop ? std::vector<const char*>{"v", "mean", "momentum"}
                  : std::vector<const char*>{"momentum", "m", "v", "u", "sum",
                                             "delta"}) {
    const bool skips = is_rmsprop && walker.slots.size() == 3 &&
                       !entry["expected"]["state"].contains(name);
    if (skips) ++slot;
    if (!entry["expected"]["state"].contains(name)) continue;
    golden::CheckClose(entry["expected"]["state"][name], walker.slots[slot++],
                       tolerance);
  }
}

std::vector<Real> Start() {
  return Reals(Root()["start"]);
}

// Averages of parameters, which the case gives step by step.
void CheckAverage(const json& entry) {
  CAPTURE(entry["id"].get<std::string>());
  const json& steps = entry["inputs"]["parameters"];
  const std::string id = entry["id"];
  const bool is_swa = id == "swa";
  Choice choice{"swa", {{"start", "0"}}};
  if (!is_swa) {
    const char* early = id == "ema/warm_up"        ? "warm-up"
                        : id == "ema/mean_teacher" ? "mean"
                        : id == "ema/debiased"     ? "debiased"
                                                   : "plain";
    choice = {"ema",
              {{"decay", entry["params"]["decay"].dump()}, {"early", early}}};
  }
  const auto averaging =
      MakeAveraging(choice, {0.1, 1, static_cast<Index>(steps.size())});
  std::vector<Real> average = Start();
  for (std::size_t t = 0; t < steps.size(); ++t) {
    const Index count = static_cast<Index>(t) + 1;
    const double share = is_swa ? averaging->ShareOfEpoch(count)
                                : averaging->ShareOfUpdate(count);
    MoveAverage(share, Reals(steps[t]), average);
    golden::CheckClose(entry["expected"]["average"][t], average,
                       golden::Tolerance(entry));
  }
}

// The gradient of the reference's parabola, and its noise in a step.
std::vector<Real> SlopeAt(const std::vector<Real>& p, const json& noise) {
  const json& parabola = Root()["quadratic"];
  const auto hessian =
      parabola["hessian"].get<std::vector<std::vector<double>>>();
  const std::vector<double> centre = golden::Numbers(parabola["centre"]);
  std::vector<double> slope = golden::Numbers(noise);
  for (std::size_t i = 0; i < p.size(); ++i) {
    for (std::size_t j = 0; j < p.size(); ++j) {
      slope[i] += hessian[i][j] * (static_cast<double>(p[j]) - centre[j]);
    }
  }
  return {slope.begin(), slope.end()};
}

void CheckUphill(const json& entry) {
  CAPTURE(entry["id"].get<std::string>());
  const json& params = entry["params"];
  Walker walker({"sam",
                 {{"rho", params["rho"].dump()},
                  {"adaptive", params["adaptive"] ? "yes" : "no"},
                  {"base", "sgd:momentum=" + params["momentum"].dump()}}},
                Start());
  const json& noise = entry["inputs"]["noise"];
  for (std::size_t t = 0; t < noise.size(); ++t) {
    std::vector<Real> uphill = walker.weights;
    walker.optimizer->Ascend(SlopeAt(uphill, noise[t]), uphill);
    walker.Step(SlopeAt(uphill, noise[t]), params["rate"].get<double>(), 0, 1);
    golden::CheckClose(entry["expected"]["parameters"][t], walker.weights,
                       golden::Tolerance(entry));
  }
}

// Returns whether a case is one of ours.
bool CheckSteps(const json& entry) {
  const json& params = entry["params"];
  const std::string method = entry["method"];
  if (method == "clip-value") {
    Check(entry, Walker({"sgd", {{"momentum", "0.9"}}}, Start()), 0,
          {.value = params["limit"].get<double>()});
    return true;
  }
  if (method == "clip-norm") {
    if (params["eps"].get<double>() != 0) return false;
    const bool sgd = params["then"].get<std::string>().find("sgd") == 0;
    Walker walker(
        sgd ? Choice{"sgd", {{"momentum", "0.9"}}} : Choice{"adamw", {}},
        Start());
    Check(entry, std::move(walker), sgd ? 0 : 0.05,
          {.norm = params["limit"].get<double>()});
    return true;
  }
  if (method == "ema" || method == "swa") {
    CheckAverage(entry);
    return true;
  }
  if (method == "sam") {
    CheckUphill(entry);
    return true;
  }
  const bool is_known = std::ranges::any_of(
      OptimizerEntries(),
      [&](const OptimizerEntry* known) { return known->name == method; });
  if (!is_known) return false;
  Walker walker(ChoiceOf(method, params), Start());
  walker.sizes = {6, 2};  // kernel and bias
  Check(entry, std::move(walker), params.value("decay", 0.0), {});
  return true;
}

TEST_CASE("optimisers and clipping take the steps of the reference") {
  golden::ForEachCase("optimisers", CheckSteps);
}

TEST_CASE("parts of the parameters may be moved one by one") {
  for (const OptimizerEntry* entry : OptimizerEntries()) {
    CAPTURE(entry->name);
    const Choice choice{std::string(entry->name), {}};
    if (MakeOptimizer(choice)->scales_parameters()) continue;
    const std::vector<Real> gradient = {1, -2, 3, -4, 5};
    Walker whole(choice, {1, 2, 3, 4, 5});
    Walker first(choice, {1, 2});
    Walker second(choice, {3, 4, 5});
    for (int i = 0; i < 3; ++i) {
      whole.Step(gradient, 0.1, 0.01, 0.5);
      first.Step({1, -2}, 0.1, 0.01, 0.5);
      second.Step({3, -4, 5}, 0.1, 0.01, 0.5);
    }
    std::vector<Real> parts = first.weights;
    parts.insert(parts.end(), second.weights.begin(), second.weights.end());
    CHECK(whole.weights == parts);
  }
}

TEST_CASE("every optimiser goes downhill on a parabola") {
  for (const OptimizerEntry* entry : OptimizerEntries()) {
    CAPTURE(entry->name);
    // Rates mean something else to each.
    bool is_there = false;
    for (const double rate : {0.02, 0.5, 5.0}) {
      Walker walker({std::string(entry->name), {}}, {1, -2});
      for (int i = 0; i < 300; ++i) walker.Step(walker.weights, rate, 0, 1);
      is_there =
          is_there || (std::abs(static_cast<double>(walker.weights[0])) < 0.1 &&
                       std::abs(static_cast<double>(walker.weights[1])) < 0.1);
    }
    CHECK(is_there);
  }
}

TEST_CASE("an unknown optimiser or option is refused by name") {
  CHECK_THROWS_WITH_AS(
      MakeOptimizer({"adan", {}}),
      doctest::Contains(
          "--optimizer: there is no optimizer 'adan'; did you mean 'adam'? "),
      Error);
  CHECK_THROWS_AS(MakeOptimizer({"adam", {{"momentum", "0.9"}}}), Error);
  CHECK_THROWS_AS(MakeOptimizer({"sgd", {{"momentum", "1.5"}}}), Error);
  CHECK_THROWS_AS(
      MakeOptimizer({"sgd", {{"momentum", "0"}, {"nesterov", "yes"}}}), Error);
  CHECK_THROWS_WITH_AS(MakeOptimizer({"sam", {{"base", "sam"}}}),
                       doctest::Contains("takes two gradients itself"), Error);
  CHECK_THROWS_WITH_AS(
      MakeOptimizer({"sam", {{"base", "sgd:momentum=0.5/nestorov=yes"}}}),
      doctest::Contains("did you mean 'nesterov'"), Error);
  CHECK_NOTHROW(
      MakeOptimizer({"sam", {{"base", "sgd:momentum=0.5/nesterov=yes"}}}));
}

TEST_CASE("cutting by value lets NaN through, so that it is seen") {
  std::vector<Real> gradient = {static_cast<Real>(std::nan("")), 5, -5};
  ClipValues(gradient, 1);
  CHECK(std::isnan(gradient[0]));
  CHECK(gradient[1] == Real{1});
  CHECK(gradient[2] == Real{-1});
}

TEST_CASE("optimisers have the rates of their papers or of PyTorch") {
  const auto rate = [](const std::string& name) {
    OptimizerOptions options;
    options.optimizer = name;
    return RateOf(options);
  };
  CHECK(rate("adam") == 1e-3);
  CHECK(rate("adadelta") == 1);
  CHECK(rate("adagrad:epsilon=1e-9") == 1e-2);
  CHECK(rate("lion") == 1e-4);
  OptimizerOptions options;
  options.optimizer = "adadelta";
  options.rate = 0.5;
  CHECK(RateOf(options) == 0.5);
}

TEST_CASE("momentum that would not do what it says is refused") {
  const auto make = [](const std::string& text) {
    return MakeOptimizer(ParseChoice(text, "--optimizer"));
  };
  CHECK_THROWS_WITH_AS(make("sgd:nesterov=true,dampening=0.5"),
                       doctest::Contains("nesterov with dampening"), Error);
  CHECK_THROWS_WITH_AS(make("sgd:momentum=0,dampening=0.5"),
                       doctest::Contains("dampening has no effect"), Error);
  CHECK(make("sgd:dampening=0.5") != nullptr);
}

}  // namespace
}  // namespace mtlkit
