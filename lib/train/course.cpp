#include "train/course.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/error.h"
#include "train/ensemble.h"
#include "train/loop.h"

namespace mtlkit {
namespace {

// What comes before the networks of the result.
struct Search {
  Recipe recipe;
  std::optional<Model> model;  // of the recipe and the first seed, if trained
  std::vector<std::string> tried;
  std::optional<RefitLength> length;
};

class CourseRun {
 public:
  CourseRun(const Course& course, const TrainInputs& inputs, Seed seed,
            const TrainEnvironment& environment, const CourseWork& work)
      : course_(course),
        inputs_(inputs),
        seed_(seed),
        environment_(environment),
        work_(work) {}

  Model Train() {
    Search search = SearchFirst();
    Model model =
        course_.networks == 1 ? TrainOne(&search) : TrainSeveral(&search);
    model.log.tried = std::move(search.tried);
    return model;
  }

 private:
  Search SearchFirst() const {
    RequireAll();
    Search search = {course_.recipe, {}, {}, {}};
    if (!course_.tuning.empty()) Tune(&search);
    if (course_.refit.refit == "none") return search;
    const ModelMaker make = work_.maker(search.recipe, seed_);
    if (search.model && course_.refit.refit == "valid") {
      search.length =
          LengthOf(*search.model, inputs_, search.recipe.train, make);
    } else {
      search.length = FindLength(course_.refit, inputs_, search.recipe.train,
                                 seed_, environment_, make);
    }
    SayLength(*search.length, inputs_, environment_);
    return search;
  }

  // What cannot be is refused before anything is trained.
  void RequireAll() const {
    RequireSeeds(seed_, course_.networks);
    for (const Recipe& recipe : RecipesToTry(course_.tuning, course_.recipe)) {
      CheckRefit(course_.refit, inputs_, recipe.train);
      // One training alone says so itself.
      if (course_.tuning.empty()) continue;
      Model model = work_.maker(recipe, seed_)(inputs_.train_rows);
      CheckTraining(inputs_, recipe.train, &model);
    }
  }

  void Tune(Search* search) const {
    const TuneWork tune_work = {
        [this](const Recipe& recipe, const TrainEnvironment& own) {
          return TrainRecipe(recipe, seed_, own);
        },
        [this](const Recipe& recipe) {
          return work_.provenance({{"trial", SettingsOf(recipe)}});
        }};
    Tuned tuned =
        TuneRecipe(course_.tuning, course_.recipe, tune_work, environment_);
    search->recipe = std::move(tuned.recipe);
    search->tried = std::move(tuned.model.log.tried);
    search->model = std::move(tuned.model);
  }

  Model TrainRecipe(const Recipe& recipe, Seed seed,
                    const TrainEnvironment& environment) const {
    Model model = work_.maker(recipe, seed)(inputs_.train_rows);
    mtlkit::Train(inputs_, recipe.train, seed, environment, &model);
    return model;
  }

  // The network of a seed.
  Model TrainNetwork(const Search& search, Seed seed,
                     const TrainEnvironment& environment) const {
    if (!search.length) return TrainRecipe(search.recipe, seed, environment);
    return TrainOnAllRows(course_.refit, *search.length, inputs_,
                          search.recipe.train, seed, environment,
                          work_.maker(search.recipe, seed));
  }

  Model TrainOne(Search* search) const {
    if (search->model && !search->length) return std::move(*search->model);
    return TrainNetwork(*search, seed_, environment_);
  }

  Model TrainSeveral(Search* search) const {
    const EnsembleWork networks = {
        [this, search](Seed seed, const TrainEnvironment& own) {
          return TrainNetwork(*search, seed, own);
        },
        [this, search](Seed seed) {
          return work_.provenance(
              {{"seed", seed}, {"recipe", SettingsOf(search->recipe)}});
        }};
    std::optional<Model> first;
    if (!search->length) first = std::move(search->model);
    return TrainEnsemble(seed_, course_.networks, environment_, networks,
                         std::move(first));
  }

  const Course& course_;
  const TrainInputs& inputs_;
  Seed seed_;
  const TrainEnvironment& environment_;
  const CourseWork& work_;
};

}  // namespace

Model TrainCourse(const Course& course, const TrainInputs& inputs, Seed seed,
                  const TrainEnvironment& environment, const CourseWork& work) {
  return CourseRun(course, inputs, seed, environment, work).Train();
}

std::vector<std::string> CourseCheckpoints(const Course& course,
                                           const TrainInputs& inputs,
                                           const std::string& checkpoint) {
  if (checkpoint.empty()) return {};
  std::vector<std::string> paths = TuneCheckpoints(course.tuning, checkpoint);
  if (!paths.empty()) {
    for (const std::string& path : TuneCheckpointsThere(checkpoint)) {
      if (std::ranges::count(paths, path) == 0) paths.push_back(path);
    }
  }
  const auto add = [&](const std::vector<std::string>& more) {
    paths.insert(paths.end(), more.begin(), more.end());
  };
  const bool refits = course.refit.refit != "none";
  const bool is_tuned = !course.tuning.empty();
  const bool finds_length =
      refits && !(is_tuned && course.refit.refit == "valid");
  const bool is_one = course.networks == 1 && !is_tuned && !refits;
  if (is_one || finds_length) add({checkpoint});
  add(RefitCheckpoints(course.refit, inputs, checkpoint));
  for (Index i = 0; course.networks > 1 && i < course.networks; ++i) {
    const std::string own = EnsembleCheckpoint(checkpoint, i);
    add({own});
    add(RefitCheckpoints(course.refit, inputs, own));
  }
  return paths;
}

void RefuseOtherStates(const Course& course, const TrainInputs& inputs,
                       const std::string& checkpoint) {
  if (checkpoint.empty()) return;
  const std::vector<std::string> own =
      CourseCheckpoints(course, inputs, checkpoint);
  // The first places of each kind of course.
  const Course tuned = {
      {}, {{"", {"", ""}}}, {}, course.networks == 1 ? 2 : course.networks + 1};
  std::vector<std::string> all = CourseCheckpoints(tuned, inputs, checkpoint);
  for (const std::string& path :
       CourseCheckpoints({{}, {}, {"valid"}, 1}, inputs, checkpoint)) {
    all.push_back(path);
  }
  for (const std::string& path : all) {
    if (std::ranges::count(own, path) > 0 || !std::filesystem::exists(path)) {
      continue;
    }
    Fail(ErrorKind::kUsage,
         path + " is left of a run with other --tune, --refit or --ensemble",
         "give the same flags again to go on with it, remove it to start over, "
         "or name another place with --checkpoint");
  }
}

}  // namespace mtlkit
