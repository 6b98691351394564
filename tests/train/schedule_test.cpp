#include "train/schedule.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "golden/golden.h"
#include "train/schedules/plateau.h"

namespace mtlkit {
namespace {

using golden::json;

// Rates of all steps of a schedule whose epochs have one step.
std::vector<double> Rates(const Choice& choice, Index steps, Index epochs,
                          double rate = 0.1) {
  const auto schedule = MakeSchedule(choice, {rate, 1, epochs});
  std::vector<double> rates;
  for (Index t = 0; t < steps; ++t) rates.push_back(schedule->Rate(t));
  return rates;
}

void Check(const json& entry, const std::vector<double>& rates) {
  CAPTURE(entry["id"].get<std::string>());
  // Rates are double whatever parameters are.
  golden::CheckClose(entry["expected"]["rate"], rates,
                     entry["tolerance"]["float64"].get<double>());
}

void CheckPlateau(const json& entry) {
  const json& params = entry["params"];
  Plateau plateau;
  plateau.factor = params["factor"];
  plateau.patience = params["patience"];
  plateau.threshold = params["threshold"];
  plateau.relative = params["threshold_kind"] == "relative";
  plateau.lower_better = params["mode"] == "min";
  plateau.cooldown = params["cooldown"];
  plateau.floor = params["floor"];
  Plateau::State state;
  state.rate = params["base"];
  std::vector<double> rates = {state.rate};
  for (const double metric : golden::Numbers(entry["inputs"]["metric"])) {
    plateau.Observe(metric, &state);
    rates.push_back(state.rate);
  }
  Check(entry, rates);
}

// The option of ours that a parameter of theirs is, as text.
std::pair<std::string, std::string> OptionOf(const json& params,
                                             const char* theirs,
                                             const char* ours) {
  const json& value = params.at(theirs);
  if (value.is_string()) return {ours, value.get<std::string>()};
  if (!value.is_array()) return {ours, value.dump()};
  std::string list;
  for (const json& item : value) {
    list += (list.empty() ? "" : "/") + item.dump();
  }
  return {ours, list};
}

// What a case is called here; no name if it is none of ours.
Choice ChoiceOfRates(const json& entry) {
  const json& params = entry["params"];
  const std::string method = entry["method"];
  const auto option = [&params](const char* theirs, const char* ours) {
    return OptionOf(params, theirs, ours);
  };
  const auto floor = [&params]() -> std::pair<std::string, std::string> {
    return {"floor", FormatNumber(params["floor"].get<double>() / 0.1)};
  };
  if (method == "constant") return {"constant", {}};
  if (method == "step") {
    return {"step", {option("every", "every"), option("factor", "factor")}};
  }
  if (method == "multi-step") {
    return {"multi-step", {option("at", "at"), option("factor", "factor")}};
  }
  if (method == "exponential") {
    return {"exponential", {option("factor", "factor")}};
  }
  if (method == "polynomial") {
    return {"polynomial", {option("power", "power"), floor()}};
  }
  if (method == "cosine") return {"cosine", {floor()}};
  if (method == "warm-up-cosine" && params["start"] != "0") {
    return {"cosine", {option("warm_up", "warm-up"), floor()}};
  }
  if (method == "cosine-restarts") {
    return {
        "cosine-restarts",
        {option("first", "first"), option("multiply", "multiply"), floor()}};
  }
  if (method == "one-cycle") {
    return {"one-cycle",
            {option("part_up", "part-up"), option("divide", "divide"),
             option("final_divide", "final-divide"), option("curve", "curve"),
             option("three_phases", "three-phases")}};
  }
  if (method == "inverse-square-root") {
    return {"inverse-square-root", {option("warm_up", "warm-up")}};
  }
  return {};
}

// Returns whether a case is one of ours.
bool CheckRates(const json& entry) {
  const json& params = entry["params"];
  if (entry["method"] == "plateau") {
    CheckPlateau(entry);
    return true;
  }
  const Choice choice = ChoiceOfRates(entry);
  if (choice.name.empty()) return false;
  // Without a length of its own, one that is a cycle is as long as the case.
  const Index steps = static_cast<Index>(entry["expected"]["rate"].size());
  const Index epochs = params.value("total", params.value("steps", Index{30}));
  double rate = 0.1;
  if (params.contains("width")) {
    rate /= std::sqrt(params["width"].get<double>() *
                      params["warm_up"].get<double>());
  }
  Check(entry, Rates(choice, steps, epochs, rate));
  return true;
}

TEST_CASE("rates are those of the reference") {
  golden::ForEachCase("schedules", CheckRates);
}

TEST_CASE("a plateau schedule goes on from its state") {
  const Choice choice{"plateau", {{"patience", "1"}, {"factor", "0.5"}}};
  const ScheduleArgs args{1, 10, 20};
  const auto whole = MakeSchedule(choice, args);
  const auto half = MakeSchedule(choice, args);
  for (const double measure : {1.0, 1.0, 1.0}) {
    whole->Observe(measure);
    half->Observe(measure);
  }
  const auto rest = MakeSchedule(choice, args);
  rest->set_state(half->state());
  for (const double measure : {1.0, 0.5, 0.5, 0.5}) {
    whole->Observe(measure);
    rest->Observe(measure);
    CHECK(rest->Rate(5) == whole->Rate(5));
  }
  CHECK(whole->Rate(5) == 0.25);
  const std::vector<double> of_another = {1, 2};
  CHECK_THROWS_AS(rest->set_state(of_another), Error);
}

TEST_CASE("a polynomial that holds the rate falls in the steps that are left") {
  const auto schedule =
      MakeSchedule({"polynomial", {{"hold", "0.4"}}}, {0.5, 10, 10});
  CHECK(schedule->Rate(0) == 0.5);
  CHECK(schedule->Rate(40) == 0.5);
  CHECK(schedule->Rate(70) == doctest::Approx(0.25));
  CHECK(schedule->Rate(100) == 0);
}

bool HasRise(const ScheduleEntry& entry) {
  json options;
  JsonWriter writer(&options, true);
  entry.describe(writer);
  return options.contains("warm-up");
}

TEST_CASE("a schedule with a rise of its own never goes above the rate") {
  const auto schedule = MakeSchedule({"one-cycle", {}}, {0.8, 4, 10});
  CHECK(schedule->Rate(0) == doctest::Approx(0.8 / 25));
  CHECK(schedule->Rate(11) == doctest::Approx(0.8));
  CHECK(schedule->Rate(39) == doctest::Approx(0.8 / 25 / 1e4));
  for (Index step = 0; step < 60; ++step) {
    CHECK(schedule->Rate(step) > 0);
    CHECK(schedule->Rate(step) <= 0.8);
  }
}

TEST_CASE("every schedule begins with the rise that it is asked for") {
  for (const ScheduleEntry* entry : ScheduleEntries()) {
    if (!HasRise(*entry)) continue;
    CAPTURE(std::string(entry->name));
    const auto schedule = MakeSchedule(
        {std::string(entry->name), {{"warm-up", "2"}}}, {0.8, 4, 10});
    CHECK(schedule->Rate(0) == doctest::Approx(0.1));
    CHECK(schedule->Rate(3) == doctest::Approx(0.4));
    // One that falls with the steps so far has fallen by one of nine.
    CHECK(schedule->Rate(8) == doctest::Approx(0.8).epsilon(0.06));
    for (Index step = 8; step < 40; ++step) {
      CHECK(schedule->Rate(step) >= 0);
      CHECK(schedule->Rate(step) <= 0.8);
    }
    const auto again = MakeSchedule(
        {std::string(entry->name), {{"warm-up", "2"}}}, {0.8, 4, 10});
    for (const double measure : {1.0, 2.0, 2.0, 2.0, 2.0, 2.0}) {
      schedule->Observe(measure);
    }
    again->set_state(schedule->state());
    CHECK(again->Rate(20) == schedule->Rate(20));
  }
}

TEST_CASE("an option of another kind of schedule is refused") {
  CHECK_THROWS_AS(MakeSchedule({"cosine", {{"every", "3"}}}, {0.1, 1, 1}),
                  Error);
  CHECK_THROWS_AS(MakeSchedule({"cosin", {}}, {0.1, 1, 1}), Error);
}

TEST_CASE("what would come after the end of training is refused") {
  const ScheduleArgs args = {0.8, 4, 10};
  const auto refusal = [&](const std::string& text) -> std::string {
    try {
      MakeSchedule(ParseChoice(text, "--schedule"), args);
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kUsage);
      return error.message();
    }
    return "taken";
  };
  CHECK(refusal("multi-step:at=3/9") == "taken");
  CHECK(refusal("multi-step:at=3/10") ==
        "--schedule: multi-step: at=10 has no effect: training ends with "
        "epoch 10");
  CHECK(refusal("step:every=9") == "taken");
  CHECK(refusal("step:every=12").find("every=12 has no effect") !=
        std::string::npos);
  CHECK(refusal("plateau:patience=10").find("patience=10 has no effect") !=
        std::string::npos);
  for (const char* name : {"constant", "cosine", "exponential"}) {
    CHECK(refusal(Str(name, ":warm-up=9")) == "taken");
    CHECK(refusal(Str(name, ":warm-up=10")).find("before the rate has risen") !=
          std::string::npos);
  }
  CHECK(refusal("one-cycle:three-phases=true,part-up=0.5") == "taken");
  CHECK(refusal("one-cycle:part-up=0.8") == "taken");
  CHECK(refusal("one-cycle:three-phases=true,part-up=0.6")
            .find("more than are left") != std::string::npos);
}

}  // namespace
}  // namespace mtlkit
