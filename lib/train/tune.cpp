#include "train/tune.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "train/epoch_errors.h"
#include "train/side_by_side.h"

namespace mtlkit {
namespace {

// Trainings that differ in these are not measured alike, or are one.
constexpr std::array<std::string_view, 7> kNotTuned = {
    "train-split", "valid-split", "fold",         "select-on",
    "loss",        "keep-best",   "task-patience"};

std::string TrialText(const TunedSetting& setting, const std::string& value) {
  return Str(setting.name, "=", value);
}

// A recipe and what came of it.
struct Trial {
  std::string text;
  Recipe recipe;
  Model model;  // without a network: its training diverged
  double error = std::numeric_limits<double>::infinity();

  bool diverged() const { return model.network == nullptr; }
};

constexpr std::string_view kTunePart = "tune";

// Combinations of more values than these are not all looked at.
constexpr std::size_t kMostCombinations = 500;

// Each recipe with each value of the setting.
std::vector<Recipe> WithEachValue(const std::vector<Recipe>& recipes,
                                  const TunedSetting& setting) {
  std::vector<Recipe> all;
  for (const Recipe& recipe : recipes) {
    for (const std::string& value : setting.values) {
      all.push_back(WithSetting(recipe, setting.name, value));
    }
  }
  return all;
}

bool AreTheSame(const Model& one, const Model& other) {
  return std::ranges::equal(one.params.weights.all(),
                            other.params.weights.all()) &&
         std::ranges::equal(one.params.buffers.all(),
                            other.params.buffers.all());
}

class Tuning {
 public:
  Tuning(const Recipe& first, const TuneWork& work,
         const TrainEnvironment& environment)
      : recipe_(first), work_(work), environment_(environment) {}

  // Tries the values of a setting that nobody has tried yet.
  void Try(const TunedSetting& setting) {
    std::vector<Trial> trials;
    std::vector<TrainingJob> jobs;
    for (const std::string& value : setting.values) {
      ++part_;
      Recipe recipe = WithSetting(recipe_, setting.name, value);
      if (best_ && SettingsOf(recipe) == SettingsOf(best_->recipe)) {
        best_->text = TrialText(setting, value);
        trials.push_back(std::move(*best_));
        best_.reset();
        continue;
      }
      trials.push_back({TrialText(setting, value), std::move(recipe), {}});
      jobs.push_back(JobOf(trials.back().text, trials.back().recipe));
    }
    Divergences diverged;
    std::vector<Model> models =
        TrainSideBySide(jobs, "trials", environment_, &diverged);
    if (jobs.size() == trials.size()) RequireOne(diverged);
    SayDivergences(jobs, diverged);
    Measure(std::move(models), &trials);
    SayNoDifference(setting, trials);
    Take(std::move(trials));
  }

  Tuned Finish() && {
    best_->model.log.tried = std::move(tried_);
    return {best_->recipe, std::move(best_->model), std::move(chosen_)};
  }

 private:
  TrainingJob JobOf(const std::string& text, const Recipe& recipe) const {
    return {PartCheckpoint(environment_.checkpoint, Str(kTunePart, part_)),
            work_.provenance(recipe), text,
            [this, recipe](const TrainEnvironment& own) {
              return work_.train(recipe, own);
            }};
  }

  // Some value has to be left.
  static void RequireOne(const Divergences& diverged) {
    const bool any_left =
        std::ranges::any_of(diverged, [](const auto& error) { return !error; });
    if (!any_left) throw *diverged.front();
  }

  void SayDivergences(const std::vector<TrainingJob>& jobs,
                      const Divergences& diverged) const {
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (!diverged[i] || environment_.reporter == nullptr) continue;
      environment_.reporter->Warn(
          Str(diverged[i]->message(), "; it counts as the worst"));
    }
  }

  // Those that are not measured yet, in their order.
  static void Measure(std::vector<Model> models, std::vector<Trial>* trials) {
    auto trained = models.begin();
    for (Trial& trial : *trials) {
      if (!trial.diverged()) continue;  // made before
      trial.model = std::move(*trained++);
      if (trial.diverged()) continue;
      trial.error = BestError(trial.model.log, trial.model.schema.tasks,
                              trial.recipe.train.select_on);
    }
  }

  void SayNoDifference(const TunedSetting& setting,
                       const std::vector<Trial>& trials) const {
    const bool are_same = std::ranges::all_of(trials, [&](const Trial& trial) {
      return !trial.diverged() && AreTheSame(trial.model, trials[0].model);
    });
    if (!are_same || environment_.reporter == nullptr) return;
    environment_.reporter->Warn(
        Str("--tune ", setting.name,
            " made no difference: all its values came to the same weights"));
  }

  void Take(std::vector<Trial> trials) {
    const auto best = std::ranges::min_element(trials, {}, &Trial::error);
    Require(std::isfinite(best->error), ErrorKind::kBadInput,
            "--tune: no task can be measured on the validation rows",
            "choose other rows with --valid-split, or use --tune none");
    std::vector<std::string> said;
    for (const Trial& trial : trials) {
      const History& log = trial.model.log;
      const std::string measure = ShortNumber(log.best);
      tried_.push_back(trial.diverged() ? Str(trial.text, ": diverged")
                                        : Str(trial.text, ": ", log.selected_on,
                                              " ", measure));
      said.push_back(
          Str(trial.text, " ", trial.diverged() ? "diverged" : measure));
    }
    chosen_.push_back(best->text);
    if (environment_.reporter != nullptr) {
      environment_.reporter->Note(Str("tuned ", best->model.log.selected_on,
                                      ": ", Join(said, ", "), "; takes ",
                                      best->text));
    }
    recipe_ = best->recipe;
    best_ = std::move(*best);
  }

  Recipe recipe_;
  const TuneWork& work_;
  const TrainEnvironment& environment_;
  Index part_ = 0;
  std::optional<Trial> best_;
  std::vector<std::string> tried_;
  std::vector<std::string> chosen_;
};

}  // namespace

std::vector<TunedSetting> ParseTuning(const std::vector<std::string>& tune,
                                      const Recipe& recipe,
                                      const std::vector<std::string>& given) {
  std::vector<TunedSetting> settings;
  for (const std::string& text : tune) {
    const std::size_t equals = text.find('=');
    Require(equals != std::string::npos && equals > 0, ErrorKind::kUsage,
            Str("--tune ", text, " is not SETTING=VALUE,VALUE"),
            "write --tune dropout=0,0.1,0.3, say");
    TunedSetting setting = {text.substr(0, equals),
                            Split(text.substr(equals + 1), ',')};
    Require(std::ranges::find(kNotTuned, setting.name) == kNotTuned.end(),
            ErrorKind::kUsage,
            Str("--tune ", text, ": trainings that differ in --", setting.name,
                " cannot be compared on the validation rows"),
            "choose it yourself");
    Require(std::ranges::count(given, setting.name) == 0, ErrorKind::kUsage,
            Str("--tune ", text, ": --", setting.name, " is given, too"),
            "leave one of them out");
    Require(
        std::ranges::count(settings, setting.name, &TunedSetting::name) == 0,
        ErrorKind::kUsage, Str("--tune: ", setting.name, " comes twice"),
        "write all its values together");
    std::vector<Json> made;
    for (const std::string& value : setting.values) {
      made.push_back(SettingsOf(WithSetting(recipe, setting.name, value)));
      Require(std::ranges::count(made, made.back()) == 1, ErrorKind::kUsage,
              Str("--tune ", text, ": ", value, " is there twice"),
              "leave one of them out");
    }
    Require(made.size() > 1, ErrorKind::kUsage,
            Str("--tune ", text, " has ", made.empty() ? "no" : "one",
                " value, so there is no choice"),
            Str("write several, or --", setting.name));
    settings.push_back(std::move(setting));
  }
  return settings;
}

Recipe WithFirstValues(Recipe recipe,
                       const std::vector<TunedSetting>& settings) {
  for (const TunedSetting& setting : settings) {
    recipe = WithSetting(recipe, setting.name, setting.values.front());
  }
  return recipe;
}

std::vector<Recipe> RecipesToTry(const std::vector<TunedSetting>& settings,
                                 const Recipe& first) {
  std::size_t combinations = 1;
  for (const TunedSetting& setting : settings) {
    combinations =
        std::min(kMostCombinations + 1, combinations * setting.values.size());
  }
  std::vector<Recipe> recipes = {first};
  if (combinations <= kMostCombinations) {
    for (const TunedSetting& setting : settings) {
      recipes = WithEachValue(recipes, setting);
    }
    return recipes;
  }
  for (std::size_t i = 0; i < settings.size(); ++i) {
    for (std::size_t j = i + 1; j < settings.size(); ++j) {
      const std::vector<Recipe> pairs =
          WithEachValue(WithEachValue({first}, settings[i]), settings[j]);
      recipes.insert(recipes.end(), pairs.begin(), pairs.end());
    }
  }
  return recipes;
}

Tuned TuneRecipe(const std::vector<TunedSetting>& settings, const Recipe& first,
                 const TuneWork& work, const TrainEnvironment& environment) {
  Tuning tuning(first, work, environment);
  for (const TunedSetting& setting : settings) tuning.Try(setting);
  return std::move(tuning).Finish();
}

std::vector<std::string> TuneCheckpoints(
    const std::vector<TunedSetting>& settings, const std::string& checkpoint) {
  std::vector<std::string> paths;
  if (checkpoint.empty()) return paths;
  std::size_t parts = 0;
  for (const TunedSetting& setting : settings) parts += setting.values.size();
  for (std::size_t part = 1; part <= parts; ++part) {
    paths.push_back(PartCheckpoint(checkpoint, Str(kTunePart, part)));
  }
  return paths;
}

std::vector<std::string> TuneCheckpointsThere(const std::string& checkpoint) {
  namespace fs = std::filesystem;
  std::vector<std::string> paths;
  if (checkpoint.empty()) return paths;
  const fs::path any = PartCheckpoint(checkpoint, std::string(kTunePart));
  const std::string ending = HasEnding(checkpoint, ".h5") ? ".h5" : "";
  const std::string name = any.filename();
  const std::string before = name.substr(0, name.size() - ending.size());
  const fs::path folder = any.has_parent_path() ? any.parent_path() : ".";
  std::error_code ignored;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(folder, ignored)) {
    const std::string there = entry.path().filename();
    if (!there.starts_with(before) || !HasEnding(there, ending)) continue;
    if (there.size() <= before.size() + ending.size()) continue;
    const std::string number = there.substr(
        before.size(), there.size() - before.size() - ending.size());
    const bool is_number = std::ranges::all_of(
        number, [](char c) { return c >= '0' && c <= '9'; });
    if (is_number) paths.push_back((any.parent_path() / there).string());
  }
  std::ranges::sort(paths);
  return paths;
}

}  // namespace mtlkit
