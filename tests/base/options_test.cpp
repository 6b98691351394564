#include "base/options.h"

#include <doctest/doctest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"

namespace mtlkit {
namespace {

struct ToyOptions {
  bool nesterov = false;
  Index epochs = 50;
  double rate = 1e-3;
  std::string schedule = "constant";
  std::vector<Index> layers = {128, 64};
  std::vector<double> steps;
  std::vector<std::string> tasks = {"a"};
  Index threads = 1;

  void Describe(Fields& fields) {
    fields("nesterov", nesterov, "look ahead");
    fields("epochs", epochs, "passes over the rows", AtLeast(1));
    fields("rate", rate, "length of a step", MoreThan(0));
    fields("schedule", schedule, "how the rate changes",
           std::vector<std::string>{"constant", "step", "cosine"});
    fields("layers", layers, "widths", AtLeast(1));
    fields("steps", steps, "when the rate falls", Between(0, 1));
    fields("tasks", tasks, "names");
    fields.Field({.name = "threads",
                  .help = "cores",
                  .range = AtLeast(1),
                  .choices = {},
                  .in_settings = false},
                 threads);
  }
};

std::string ReadError(const char* text) {
  ToyOptions options;
  try {
    ReadOptions(Json::parse(text), "run.json", &options);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUsage);
    return error.what();
  }
  return "no error";
}

TEST_CASE("options make the round trip through JSON") {
  ToyOptions options;
  options.nesterov = true;
  options.rate = 0.1;
  options.layers = {3};
  options.steps = {0.5, 1};
  Json json;
  WriteOptions(options, &json);
  CHECK(json.dump() ==
        R"({"epochs":50,"layers":[3],"nesterov":true,"rate":0.1,)"
        R"("schedule":"constant","steps":[0.5,1.0],"tasks":["a"]})");
  ToyOptions back;
  ReadOptions(json, "run.json", &back);
  Json again;
  WriteOptions(back, &again);
  CHECK(again == json);
}

TEST_CASE("a writer of all fields also writes those that change no result") {
  ToyOptions options;
  Json json;
  JsonWriter writer(&json, true);
  options.Describe(writer);
  CHECK(json["threads"] == 1);
}

TEST_CASE("absent keys keep their values") {
  ToyOptions options;
  ReadOptions(Json::parse(R"({"epochs": 3, "rate": 1})"), "x", &options);
  CHECK(options.epochs == 3);
  CHECK(options.rate == 1.0);
  CHECK(options.schedule == "constant");
}

TEST_CASE("a wrong key, type or value says which and what is allowed") {
  CHECK(ReadError(R"({"epoch": 3})") ==
        "run.json: there is no setting 'epoch' (did you mean 'epochs'?)");
  CHECK(ReadError(R"({"epochs": 1.5})") ==
        "run.json: 'epochs' must be a whole number but is 1.5");
  CHECK(ReadError(R"({"epochs": 0})") ==
        "run.json: 'epochs' is 0 but must be at least 1");
  CHECK(ReadError(R"({"rate": 0})") ==
        "run.json: 'rate' is 0 but must be more than 0");
  CHECK(ReadError(R"({"rate": "fast"})") ==
        "run.json: 'rate' must be a number but is \"fast\"");
  CHECK(ReadError(R"({"nesterov": 1})") ==
        "run.json: 'nesterov' must be true or false but is 1");
  CHECK(ReadError(R"({"layers": [4, 0]})") ==
        "run.json: 'layers'[1] is 0 but must be at least 1");
  CHECK(ReadError(R"({"schedule": "cosin"})") ==
        "run.json: 'schedule' is 'cosin' but must be one of constant, step, "
        "cosine (did you mean 'cosine'?)");
  CHECK(ReadError(R"({"epochs": 9223372036854775808})") ==
        "run.json: 'epochs' must be a whole number but is "
        "9223372036854775808");
  CHECK(ReadError("[]") == "run.json must be an object but is []");
}

TEST_CASE("no range holds a number that is not finite") {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  CHECK_FALSE(Range{}.Holds(std::numeric_limits<double>::quiet_NaN()));
  CHECK_FALSE(Range{}.Holds(kInfinity));
  CHECK_FALSE(AtLeast(0).Holds(kInfinity));
  CHECK(Range{}.Holds(-1e300));
  CHECK_THROWS_WITH_AS(CheckField(FieldInfo{}, "--x", kInfinity),
                       "--x is inf but must be a finite number", Error);
}

TEST_CASE("ranges hold and name their ends") {
  CHECK(BelowFrom(0, 1).Holds(0));
  CHECK_FALSE(BelowFrom(0, 1).Holds(1));
  CHECK(Between(0, 1).Holds(1));
  CHECK_FALSE(MoreThan(0).Holds(0));
  CHECK(BelowFrom(0, 1).Describe() == "in [0, 1)");
  CHECK(Between(0, 0.5).Describe() == "in [0, 0.5]");
  CHECK(MoreThan(0).Describe() == "more than 0");
  CHECK(Range{}.Describe() == "");
}

TEST_CASE("the nearest name survives typing mistakes, and far ones have none") {
  const std::vector<std::string> names = {"adam", "adamw", "sgd",
                                          "uncertainty"};
  CHECK(Nearest("adma", names) == "adam");
  CHECK(Nearest("Adam", names) == "adam");
  CHECK(Nearest("sdg", names) == "sgd");
  CHECK(Nearest("uncert", names) == "uncertainty");
  CHECK(Nearest("uncertanity", names) == "uncertainty");
  CHECK(Nearest("lbfgs", names) == "");
  CHECK(Nearest("", names) == "");
}

TEST_CASE("a name that is whole at the beginning of one other is that one") {
  const std::vector<std::string> names = {"CO(GT)", "PT08.S1(CO)", "COLUMN",
                                          "NO2(GT)", "NO2-sensor"};
  CHECK(Nearest("CO", names) == "CO(GT)");
  CHECK(Nearest("co", names) == "CO(GT)");
  CHECK(Nearest("n", {"N(GT)", "N-sensor"}) == "");
  CHECK(Nearest("N", names) == "");
  CHECK(Nearest("y", {"a", "x"}) == "");
  CHECK(Nearest("Y", {"x", "y"}) == "y");
}

}  // namespace
}  // namespace mtlkit
