#pragma once

#include <functional>
#include <string>
#include <vector>

#include "nn/model.h"
#include "train/recipe.h"
#include "train/train_environment.h"

namespace mtlkit {

// A setting whose value is chosen on the validation rows.
struct TunedSetting {
  std::string name;
  std::vector<std::string> values;
};

// The settings that these texts name. kUsage where one has no values, fewer
// than two, twice the same, or some that it cannot have; where it comes twice,
// is among `given` (flags), or is none of those that trainings of the same
// measure may differ in.
std::vector<TunedSetting> ParseTuning(const std::vector<std::string>& tune,
                                      const Recipe& recipe,
                                      const std::vector<std::string>& given);

// The recipe with the first value of each of these settings.
Recipe WithFirstValues(Recipe recipe,
                       const std::vector<TunedSetting>& settings);
// What a search may come to try, to be checked before it begins: all
// combinations of values, or where these are more than 500, all of any two
// settings, the others having their first values.
std::vector<Recipe> RecipesToTry(const std::vector<TunedSetting>& settings,
                                 const Recipe& first);

// What a recipe makes, in an environment of its own, and the history that its
// model would have.
struct TuneWork {
  std::function<Model(const Recipe&, const TrainEnvironment&)> train;
  std::function<std::string(const Recipe&)> provenance;
};

struct Tuned {
  Recipe recipe;
  Model model;  // that it has made
  // "dropout=0.1", as many as there are settings.
  std::vector<std::string> chosen;
};

// Tries the values of one setting after the other: those before it are as they
// were found best, those behind it as in `first` (WithFirstValues). Trainings
// of a setting stand side by side. The best is the one with the least error at
// its best epoch (BestError), of equal ones the first; a training that diverges
// is the worst. The model says in its log what was tried, and the reporter is
// told, also where all values of a setting make the same. Throws kBadInput
// where nothing could be measured, and what the first value's training throws
// where those of all values diverge.
Tuned TuneRecipe(const std::vector<TunedSetting>& settings, const Recipe& first,
                 const TuneWork& work, const TrainEnvironment& environment);

// The files that such a search keeps its states in, beside `checkpoint`.
std::vector<std::string> TuneCheckpoints(
    const std::vector<TunedSetting>& settings, const std::string& checkpoint);
// Those that are there, of whatever search: a longer one may have been stopped
// in this place. Sorted.
std::vector<std::string> TuneCheckpointsThere(const std::string& checkpoint);

}  // namespace mtlkit
