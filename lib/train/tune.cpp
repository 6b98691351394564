#include "train/tune.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
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
  Model model;
  double error = 0;
};

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
      trials.push_back({TrialText(setting, value), std::move(recipe), {}, 0});
      jobs.push_back(JobOf(trials.back().text, trials.back().recipe));
    }
    std::vector<Model> models = TrainSideBySide(jobs, "trials", environment_);
    Take(std::move(trials), std::move(models));
  }

  Tuned Finish() && {
    best_->model.log.tried = std::move(tried_);
    return {best_->recipe, std::move(best_->model), std::move(chosen_)};
  }

 private:
  TrainingJob JobOf(const std::string& text, const Recipe& recipe) const {
    return {PartCheckpoint(environment_.checkpoint, Str("tune", part_)),
            work_.provenance(recipe), text,
            [this, recipe](const TrainEnvironment& own) {
              return work_.train(recipe, own);
            }};
  }

  void Take(std::vector<Trial> trials, std::vector<Model> models) {
    auto trained = models.begin();
    for (Trial& trial : trials) {
      if (trial.model.network != nullptr) continue;
      trial.model = std::move(*trained++);
      trial.error = BestError(trial.model.log, trial.model.schema.tasks,
                              trial.recipe.train.select_on);
    }
    const auto best = std::ranges::min_element(trials, {}, &Trial::error);
    Require(std::isfinite(best->error), ErrorKind::kBadInput,
            "--tune: no task can be measured on the validation rows",
            "choose other rows with --valid-split, or use --tune none");
    std::vector<std::string> said;
    for (const Trial& trial : trials) {
      tried_.push_back(Str(trial.text, ": ", trial.model.log.selected_on, " ",
                           ShortNumber(trial.model.log.best)));
      said.push_back(Str(trial.text, " ", ShortNumber(trial.model.log.best)));
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
    paths.push_back(PartCheckpoint(checkpoint, Str("tune", part)));
  }
  return paths;
}

}  // namespace mtlkit
