#include "train/schedule.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "train/golden.h"

namespace mtlkit {
namespace {

using golden::Distance;
using golden::Flat;

// Rates of all steps of a schedule whose epochs have one step.
std::vector<double> Rates(const Choice& choice, Index steps, Index epochs) {
  const Schedule schedule(choice, 0.1, 1, epochs);
  std::vector<double> rates;
  for (Index t = 0; t < steps; ++t) rates.push_back(schedule.Rate(t));
  return rates;
}

void Check(const nlohmann::json& entry, const std::vector<double>& rates) {
  CAPTURE(entry["id"].get<std::string>());
  CHECK(Distance(rates, Flat(entry["expected"]["rate"])) <=
        entry["tolerance"]["float64"].get<double>());
}

Index Steps(const nlohmann::json& entry) {
  return static_cast<Index>(entry["expected"]["rate"].size());
}

TEST_CASE("constant, step and cosine rates are those of the reference") {
  for (const auto& entry : golden::Cases("schedules", "constant")) {
    Check(entry, Rates({"constant", {}}, Steps(entry), 30));
  }
  for (const auto& entry : golden::Cases("schedules", "step")) {
    Check(entry, Rates({"step",
                        {{"every", entry["params"]["every"].dump()},
                         {"factor", entry["params"]["factor"].dump()}}},
                       Steps(entry), 30));
  }
  for (const auto& entry : golden::Cases("schedules", "cosine")) {
    const double floor = entry["params"]["floor"].get<double>() / 0.1;
    Check(entry, Rates({"cosine", {{"floor", std::to_string(floor)}}},
                       Steps(entry), entry["params"]["total"].get<Index>()));
  }
}

TEST_CASE("a rate warms up from its first part as in the reference") {
  for (const auto& entry : golden::Cases("schedules", "warm-up-cosine")) {
    if (entry["params"]["start"] == "0") continue;
    const double floor = entry["params"]["floor"].get<double>() / 0.1;
    Check(entry, Rates({"cosine",
                        {{"warm-up", entry["params"]["warm_up"].dump()},
                         {"floor", std::to_string(floor)}}},
                       Steps(entry), entry["params"]["total"].get<Index>()));
  }
}

TEST_CASE("a rate falls on a plateau as in the reference") {
  for (const auto& entry : golden::Cases("schedules", "plateau")) {
    const nlohmann::json& params = entry["params"];
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
    for (const double metric : Flat(entry["inputs"]["metric"])) {
      plateau.Observe(metric, &state);
      rates.push_back(state.rate);
    }
    Check(entry, rates);
  }
}

TEST_CASE("a plateau schedule goes on from its state") {
  const Choice choice{"plateau", {{"patience", "1"}, {"factor", "0.5"}}};
  Schedule whole(choice, 1, 10, 20);
  Schedule half(choice, 1, 10, 20);
  for (const double measure : {1.0, 1.0, 1.0}) {
    whole.Observe(measure);
    half.Observe(measure);
  }
  Schedule rest(choice, 1, 10, 20);
  rest.set_state(half.state());
  for (const double measure : {1.0, 0.5, 0.5, 0.5}) {
    whole.Observe(measure);
    rest.Observe(measure);
    CHECK(rest.Rate(5) == whole.Rate(5));
  }
  CHECK(whole.Rate(5) == 0.25);
}

TEST_CASE("an option of another kind of schedule is refused") {
  CHECK_THROWS_AS(Schedule({"cosine", {{"every", "3"}}}, 0.1, 1, 1), Error);
  CHECK_THROWS_AS(Schedule({"cosin", {}}, 0.1, 1, 1), Error);
}

}  // namespace
}  // namespace mtlkit
