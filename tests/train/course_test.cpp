// Settings that are tuned, and the trainings that one model is made by.
#include "train/course.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "h5/provenance.h"
#include "temp_folder.h"
#include "train/course_options.h"
#include "train/ensemble.h"
#include "train/epoch_errors.h"
#include "train/loop.h"
#include "train/sample.h"

namespace mtlkit {
namespace {

Recipe SmallRecipe() {
  Recipe recipe;
  recipe.arch.layers = {"16"};
  recipe.train = SampleOptions();
  recipe.train.optimizer.rate = 0.02;
  recipe.train.epochs = 8;
  return recipe;
}

CourseWork WorkWith(const Dataset& data, Index* models = nullptr) {
  return {[&data, models](const Recipe& recipe, Seed seed) -> ModelMaker {
            return
                [&data, models, recipe, seed](const std::vector<Index>& rows) {
                  if (models != nullptr) ++*models;
                  return BuildModel(data, recipe.arch, seed, rows);
                };
          },
          [](const Json& part) {
            return ExtendProvenance("test", 1, {{"part", part}}, {});
          }};
}

Model Alone(const Dataset& data, const Recipe& recipe, Seed seed) {
  const TrainInputs inputs = InputsOf(data, recipe.train);
  Model model = BuildModel(data, recipe.arch, seed, inputs.train_rows);
  Train(inputs, recipe.train, seed, {}, &model);
  return model;
}

std::vector<Real> CourseWeights(const Model& model) {
  const std::span<const Real> all = model.params.weights.all();
  return {all.begin(), all.end()};
}

Model TrainWith(const Course& course, const Dataset& data,
                const TrainEnvironment& environment = {}) {
  return TrainCourse(course, InputsOf(data, course.recipe.train), 1,
                     environment, WorkWith(data));
}

TEST_CASE("settings that are tuned are those that are best one by one") {
  const Dataset data = SampleData(200);
  const Recipe recipe = SmallRecipe();
  const std::vector<TunedSetting> settings =
      ParseTuning({"rate=0.0001,0.02,0.3", "layers=16,8/8"}, recipe, {});
  // By hand.
  double least = 1e9;
  Recipe best = recipe;
  for (const TunedSetting& setting : settings) {
    const Recipe before = best;
    for (const std::string& value : setting.values) {
      const Recipe tried = WithSetting(before, setting.name, value);
      const double error =
          BestError(Alone(data, tried, 1).log, data.tasks, "loss");
      if (error >= least) continue;
      least = error;
      best = tried;
    }
  }
  const Model model = TrainWith({recipe, settings, {}, 1}, data);
  CHECK(SettingsOf({model.arch, best.train}) == SettingsOf(best));
  CHECK(CourseWeights(model) == CourseWeights(Alone(data, best, 1)));
  CHECK(model.log.best == doctest::Approx(least));
  REQUIRE(model.log.tried.size() == 5);
  CHECK(model.log.tried[0].starts_with("rate=0.0001: valid loss "));
  CHECK(model.log.tried[4].starts_with("layers=8/8: valid loss "));
}

TEST_CASE("a metric of which more is better chooses the highest") {
  const Dataset data = SampleData(200);
  Recipe recipe = SmallRecipe();
  recipe.train.select_on = "sign.roc-auc";
  const Model model = TrainWith(
      {recipe, ParseTuning({"rate=0.00001,0.02"}, recipe, {}), {}, 1}, data);
  CHECK(model.log.best > 0.8);
}

TEST_CASE("a course trains again on all rows, from several seeds") {
  const Dataset data = SampleData(200);
  const Recipe recipe = SmallRecipe();
  const TrainInputs inputs = InputsOf(data, recipe.train);
  Index models = 0;
  const Course course = {
      recipe, ParseTuning({"dropout=0,0.5"}, recipe, {}), {"valid"}, 3};
  const Model model =
      TrainCourse(course, inputs, 1, {}, WorkWith(data, &models));
  CHECK(model.networks() == 3);
  const Recipe best = {model.arch, recipe.train};
  const History search = Alone(data, best, 1).log;
  CHECK(model.log.best_epoch == search.best_epoch);
  CHECK(model.log.selected_on == "valid loss before the refit");
  CHECK(model.log.epochs() == search.best_epoch);
  // Two trials, which are looked at before; the length that one of them was
  // laid out for; three networks.
  CHECK(models == 8);
  for (Index i = 0; i < 3; ++i) {
    TrainInputs all = inputs;
    all.train_rows.insert(all.train_rows.end(), inputs.valid_rows.begin(),
                          inputs.valid_rows.end());
    std::ranges::sort(all.train_rows);
    all.valid_rows.clear();
    all.last_epoch = search.best_epoch;
    const Seed seed = EnsembleSeed(1, i);
    Model alone = BuildModel(data, best.arch, seed, all.train_rows);
    Train(all, best.train, seed, {}, &alone);
    CHECK(CourseWeights(SingleModels(model)[At(i)]) == CourseWeights(alone));
  }
}

TEST_CASE("without search the networks are those of their seeds") {
  const Dataset data = SampleData(150);
  const Recipe recipe = SmallRecipe();
  const Model model = TrainWith({recipe, {}, {}, 2}, data);
  CHECK(model.log.tried.empty());
  const std::vector<Model> networks = SingleModels(model);
  for (Index i = 0; i < 2; ++i) {
    CHECK(CourseWeights(networks[At(i)]) ==
          CourseWeights(Alone(data, recipe, EnsembleSeed(1, i))));
  }
}

TEST_CASE("a course that is stopped again and again ends with the same") {
  const Dataset data = SampleData(150);
  const Recipe recipe = SmallRecipe();
  const Course course = {
      recipe, ParseTuning({"dropout=0,0.3"}, recipe, {}), {"valid"}, 2};
  const std::vector<Real> whole = CourseWeights(TrainWith(course, data));
  const TempFolder folder;
  const std::string checkpoint = folder / "state.h5";
  std::atomic<bool> stop = false;
  // Stops in another place each time, by the number of models made.
  std::optional<Model> model;
  Index stops = 0;
  for (Index allowed = 1; !model && allowed < 20; ++allowed) {
    stop = false;
    Index made = 0;
    CourseWork work = WorkWith(data);
    const auto maker = work.maker;
    work.maker = [&, maker](const Recipe& own, Seed seed) -> ModelMaker {
      const ModelMaker make = maker(own, seed);
      return [&, make](const std::vector<Index>& rows) {
        if (++made >= allowed) stop = true;
        return make(rows);
      };
    };
    TrainEnvironment environment;
    environment.checkpoint = checkpoint;
    environment.stop = &stop;
    try {
      model = TrainCourse(course, InputsOf(data, recipe.train), 1, environment,
                          work);
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kStopped);
      ++stops;
    }
  }
  REQUIRE(model);
  CHECK(stops > 1);
  CHECK(CourseWeights(*model) == whole);
  // All that it left is known.
  for (const std::string& path :
       CourseCheckpoints(course, InputsOf(data, recipe.train), checkpoint)) {
    std::filesystem::remove(path);
  }
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE(
    "tuning that decides nothing, or what cannot be compared, is refused") {
  const std::map<std::string, std::string> refused = {
      {"dropout", "is not SETTING=VALUE"},
      {"dropout=0.1", "has one value"},
      {"dropout=", "has no value"},
      {"task-patience=1,2", "cannot be compared"},
      {"dropout=0,0.0", "is there twice"},
      {"dropout=0,2", "2"},
      {"droput=0,0.1", "dropout"},
      {"loss=sign=focal,sign=hinge", "cannot be compared"},
      {"select-on=loss,sign.roc-auc", "cannot be compared"},
      {"rate=0.1,0.2", "--rate is given, too"}};
  for (const auto& [text, message] : refused) {
    CAPTURE(text);
    CHECK_THROWS_WITH_AS(ParseTuning({text}, SmallRecipe(), {"rate"}),
                         doctest::Contains(message.c_str()), Error);
  }
  CHECK_THROWS_WITH_AS(
      ParseTuning({"dropout=0,0.1", "dropout=0,0.2"}, SmallRecipe(), {}),
      doctest::Contains("comes twice"), Error);
}

// What the usual options come to.
Course Usual(const Dataset& data, const Recipe& recipe,
             const std::vector<std::string>& given = {}, Index beginnings = 0) {
  const TrainInputs inputs = InputsOf(data, recipe.train);
  return DecideCourse({}, recipe, given, inputs,
                      BuildModel(data, recipe.arch, 1, inputs.train_rows),
                      beginnings);
}

TEST_CASE("what is left open follows from rows and settings") {
  Dataset data = SampleData(150);
  const Recipe recipe = SmallRecipe();
  const auto names = [](const Course& course) {
    std::vector<std::string> all;
    for (const TunedSetting& setting : course.tuning) {
      all.push_back(setting.name);
    }
    return all;
  };
  const auto tunes = [&](const Course& course) {
    return std::ranges::count(names(course), "dropout") == 1;
  };
  const Course usual = Usual(data, recipe);
  CHECK(tunes(usual));
  CHECK(usual.refit.refit == "valid");
  CHECK(usual.networks == 5);
  CHECK(names(usual).front() == "numbers");
  CHECK(names(Usual(data, recipe, {}, 1)).front() == "dropout");
  CHECK(!tunes(Usual(data, recipe, {"dropout"})));
  CHECK(Usual(data, recipe, {}, 1).networks == 1);
  CHECK(Usual(data, recipe, {}, 3).networks == 3);
  Recipe linear = recipe;
  linear.arch.layers = {"none"};
  CHECK(!tunes(Usual(data, linear)));
  Recipe members = recipe;
  members.arch.members = "4";
  CHECK(Usual(data, members).networks == 1);
  Recipe plateau = recipe;
  plateau.train.schedule = "plateau";
  CHECK(Usual(data, plateau).refit.refit == "none");
  Recipe each = recipe;
  each.arch.arch = "single";
  each.train.keep_best = "each-task";
  CHECK(Usual(data, each).tuning.empty());
  CHECK(Usual(data, each).refit.refit == "none");
  Recipe endless = recipe;
  endless.train.epochs = 100'000'000;
  CHECK(Usual(data, endless).networks == 1);
  const TrainInputs inputs = InputsOf(data, recipe.train);
  const Course once =
      DecideCourse({.once = true}, recipe, {}, inputs,
                   BuildModel(data, recipe.arch, 1, inputs.train_rows));
  CHECK(once.tuning.empty());
  CHECK(once.refit.refit == "none");
  CHECK(once.networks == 1);
  data.splits.erase("valid");
  CHECK(Usual(data, recipe).tuning.empty());
  CHECK(Usual(data, recipe).refit.refit == "none");
  CHECK(Usual(data, recipe).networks == 5);
}

TEST_CASE("what cannot be chosen is not searched for") {
  const Dataset data = SampleData(150);
  const Recipe recipe = SmallRecipe();
  Dataset switches = data;
  std::vector<float> cells(switches.inputs[0].dense.begin(),
                           switches.inputs[0].dense.end());
  for (float& cell : cells) cell = cell > 0 ? 1.0F : 0.0F;
  switches.inputs[0].dense = Array<float>(std::move(cells));
  CHECK(Usual(switches, recipe).tuning.front().name == "dropout");
  Dataset unmeasured = data;
  for (const Index row : data.SplitRows("valid")) {
    for (Labels& labels : unmeasured.labels) {
      labels.values[At(row)] = std::nanf("");
    }
  }
  CHECK(Usual(unmeasured, recipe).tuning.empty());
  CHECK(Usual(unmeasured, recipe).refit.refit == "none");
}

}  // namespace
}  // namespace mtlkit
