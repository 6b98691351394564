// What a search among settings does with values that cannot be, and which rows
// it chooses by.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/reporter.h"
#include "h5/provenance.h"
#include "temp_folder.h"
#include "train/course.h"
#include "train/course_options.h"
#include "train/hold_out.h"
#include "train/loop.h"
#include "train/sample.h"

namespace mtlkit {
namespace {

// Notes what is begun, said and warned of.
class SearchReporter : public SilentReporter {
 public:
  void Begin(std::string_view, Index) override { ++begun; }
  void Note(std::string_view text) override { said.emplace_back(text); }
  void Warn(std::string_view text) override { warned.emplace_back(text); }

  Index begun = 0;
  std::vector<std::string> said;
  std::vector<std::string> warned;
};

Recipe PlainRecipe() {
  Recipe recipe;
  recipe.arch.layers = {"8"};
  recipe.train = SampleOptions();
  recipe.train.epochs = 4;
  return recipe;
}

Model MakeBy(const Course& course, const Dataset& data,
             SearchReporter* reporter) {
  const CourseWork work = {
      [&data](const Recipe& recipe, Seed seed) -> ModelMaker {
        return [&data, recipe, seed](const std::vector<Index>& rows) {
          return BuildModel(data, recipe.arch, seed, rows);
        };
      },
      [](const Json& part) {
        return ExtendProvenance("test", 1, {{"part", part}}, {});
      }};
  TrainEnvironment environment;
  environment.reporter = reporter;
  return TrainCourse(course, InputsOf(data, course.recipe.train), 1,
                     environment, work);
}

Course Tuned(const std::vector<std::string>& tune, Recipe recipe,
             const std::string& refit = "none") {
  std::vector<TunedSetting> settings = ParseTuning(tune, recipe, {});
  recipe = WithFirstValues(std::move(recipe), settings);
  return {std::move(recipe), std::move(settings), {refit}, 1};
}

TEST_CASE("a value whose training diverges is the worst, and is said") {
  const Dataset data = SampleData(150);
  Recipe recipe = PlainRecipe();
  recipe.train.optimizer.optimizer = "sgd";
  SearchReporter reporter;
  const Model model = MakeBy(Tuned({"rate=1e20,0.02", "dropout=0,0.1"}, recipe),
                             data, &reporter);
  REQUIRE(model.log.tried.size() == 4);
  CHECK(model.log.tried[0] == "rate=1e20: diverged");
  CHECK(model.log.tried[2].find("diverged") == std::string::npos);
  REQUIRE(reporter.warned.size() == 1);
  CHECK(reporter.warned[0].find("rate=1e20: training diverged in epoch 1") ==
        0);
  CHECK(reporter.said[0].find("rate=1e20 diverged, rate=0.02") !=
        std::string::npos);
  CHECK_THROWS_WITH_AS(
      MakeBy(Tuned({"rate=1e20,1e21"}, recipe), data, &reporter),
      doctest::Contains("rate=1e20: training diverged"), Error);
}

TEST_CASE("what cannot be is refused before the first trial") {
  const Dataset data = SampleData(150);
  const Recipe recipe = PlainRecipe();
  const auto refused = [&](const Course& course, const std::string& message) {
    SearchReporter reporter;
    CAPTURE(message);
    CHECK_THROWS_WITH_AS(MakeBy(course, data, &reporter),
                         doctest::Contains(message.c_str()), Error);
    CHECK(reporter.begun == 0);
  };
  refused(Tuned({"average=none,swa", "patience=0,2"}, recipe),
          "--patience has no effect: --average swa");
  refused(Tuned({"patience=0,2", "average=none,swa"}, recipe),
          "--patience has no effect: --average swa");
  refused(Tuned({"dropout=0,0.1"}, recipe, "folds"), "have no two folds");
  refused(Tuned({"schedule=cosine,plateau"}, recipe, "valid"),
          "--schedule plateau looks at validation rows");
}

TEST_CASE("a search of many combinations looks at all pairs") {
  const Recipe recipe = PlainRecipe();
  const auto count = [&](const std::vector<std::string>& tune) {
    return RecipesToTry(ParseTuning(tune, recipe, {}), recipe).size();
  };
  CHECK(count({}) == 1);
  CHECK(count({"rate=1,2,3", "batch=1,2"}) == 6);
  const std::string ten = "1,2,3,4,5,6,7,8,9,10";
  CHECK(count({"rate=" + ten, "batch=" + ten, "epochs=" + ten}) == 301);
}

TEST_CASE("trials of a setting have the first values of those behind it") {
  const Dataset data = SampleData(150);
  SearchReporter reporter;
  const Course course =
      Tuned({"dropout=0,0.1", "layers=4,12/4"}, PlainRecipe());
  CHECK(course.recipe.arch.layers == std::vector<std::string>{"4"});
  CHECK(course.recipe.arch.dropout == 0);
}

TEST_CASE("a setting whose values make the same is said") {
  const Dataset data = SampleData(150);
  SearchReporter reporter;
  MakeBy(Tuned({"patience=50,60"}, PlainRecipe()), data, &reporter);
  REQUIRE(reporter.warned.size() == 1);
  CHECK(reporter.warned[0].find("--tune patience made no difference") == 0);
}

TEST_CASE("what a longer search has left there is a shorter one's, too") {
  const TempFolder folder;
  const std::string checkpoint = folder / "m.ckpt.h5";
  for (const char* name : {"m.ckpt.tune2.h5", "m.ckpt.tune12.h5",
                           "m.ckpt.tuned.h5", "m.ckpt.tune.h5", "m.tune3.h5"}) {
    std::ofstream(folder / name) << name;
  }
  CHECK(TuneCheckpointsThere(checkpoint) ==
        std::vector<std::string>{folder / "m.ckpt.tune12.h5",
                                 folder / "m.ckpt.tune2.h5"});
  const Dataset data = SampleData(50);
  const Recipe recipe = PlainRecipe();
  const auto paths =
      CourseCheckpoints(Tuned({"dropout=0,0.1"}, recipe),
                        InputsOf(data, recipe.train), checkpoint);
  CHECK(paths == std::vector<std::string>{folder / "m.ckpt.tune1.h5",
                                          folder / "m.ckpt.tune2.h5",
                                          folder / "m.ckpt.tune12.h5"});
}

Course Decided(const CourseOptions& options, const Recipe& recipe,
               const Dataset& data) {
  const TrainInputs inputs = InputsOf(data, recipe.train);
  return DecideCourse(options, recipe, {}, inputs,
                      BuildModel(data, recipe.arch, 1, inputs.train_rows));
}

TEST_CASE("what would make no difference is not searched for") {
  Dataset data = SampleData(150);
  const Recipe recipe = PlainRecipe();
  CHECK(Decided({}, recipe, data).tuning.front().name == "numbers");
  data.transforms.push_back({"pieces", "{}", {}});
  CHECK(Decided({}, recipe, data).tuning.front().name == "dropout");
  data.tasks.resize(1);
  data.labels.resize(1);
  CHECK_THROWS_WITH_AS(
      Decided({.tune = {"weighting=equal,pcgrad"}}, recipe, data),
      doctest::Contains("--tune weighting has no effect: there is one task"),
      Error);
}

// Without validation rows.
Dataset WithoutValid(Index rows) {
  Dataset data = SampleData(rows);
  data.splits.erase("valid");
  return data;
}

struct Held {
  TrainInputs inputs;
  std::string said;
};

Held HoldOutOf(const Dataset& data, const CourseOptions& options = {},
               const Recipe& recipe = PlainRecipe()) {
  Held held = {InputsOf(data, recipe.train), ""};
  held.said = HoldOut(options, recipe,
                      BuildModel(data, recipe.arch, 1, held.inputs.train_rows),
                      1, &held.inputs);
  return held;
}

TEST_CASE("without validation rows some are held out, and learned from") {
  const Dataset data = WithoutValid(400);
  const std::vector<Index> all = data.SplitRows("train");
  REQUIRE(all.size() == 240);
  const auto [inputs, said] = HoldOutOf(data);
  CHECK(said.find(Str(inputs.valid_rows.size(),
                      " of 240 training rows are held out")) !=
        std::string::npos);
  CHECK(inputs.valid_rows.size() > 30);
  CHECK(inputs.valid_rows.size() < 42);
  std::vector<Index> both;
  std::ranges::set_union(inputs.train_rows, inputs.valid_rows,
                         std::back_inserter(both));
  CHECK(both == all);
  // Each class has its share.
  for (const float label : {0.0F, 1.0F}) {
    const auto count = [&](const std::vector<Index>& rows) {
      return static_cast<double>(std::ranges::count_if(rows, [&](Index row) {
        return data.labels[0].values[At(row)] == label;
      }));
    };
    CHECK(std::abs(count(inputs.valid_rows) - 0.15 * count(all)) < 5);
  }
  const Recipe recipe = PlainRecipe();
  const Course course =
      DecideCourse({}, recipe, {}, inputs,
                   BuildModel(data, recipe.arch, 1, inputs.train_rows));
  CHECK(course.refit.refit == "valid");
  CHECK(!course.tuning.empty());
}

TEST_CASE("rows are held out only where all are learned from in the end") {
  const Dataset data = WithoutValid(400);
  const auto holds = [&](const CourseOptions& options,
                         const Recipe& recipe = PlainRecipe()) {
    return !HoldOutOf(data, options, recipe).said.empty();
  };
  CHECK(holds({}));
  CHECK(!holds({.once = true}));
  CHECK(holds({.hold_out = "0.3", .once = true}));
  CHECK(!holds({.hold_out = "none"}));
  CHECK(!holds({.refit = "none"}));
  CHECK(!holds({.refit = "folds"}));
  CHECK(!holds({.tune = {"schedule=cosine,constant"}}));
  Recipe plateau = PlainRecipe();
  plateau.train.schedule = "plateau";
  CHECK(!holds({}, plateau));
  CHECK(HoldOutOf(WithoutValid(300)).said.empty());
  CHECK_THROWS_WITH_AS(holds({.hold_out = "0.7"}),
                       doctest::Contains("is not a share"), Error);
  CHECK_THROWS_WITH_AS(HoldOutOf(SampleData(400), {.hold_out = "0.2"}),
                       doctest::Contains("--hold-out has no effect"), Error);
}

TEST_CASE("groups are not cut where rows are held out") {
  Dataset data = WithoutValid(400);
  for (Index row = 0; row < data.rows; ++row) {
    data.groups.push_back(row / 5 % 20);
  }
  const TrainInputs inputs = HoldOutOf(data).inputs;
  CHECK(inputs.valid_rows.size() == 36);
  std::set<std::int64_t> learned;
  for (const Index row : inputs.train_rows)
    learned.insert(data.groups[At(row)]);
  for (const Index row : inputs.valid_rows) {
    CHECK(learned.count(data.groups[At(row)]) == 0);
  }
  for (std::int64_t& group : data.groups) group %= 3;
  CHECK(HoldOutOf(data).said.empty());
}

}  // namespace
}  // namespace mtlkit
