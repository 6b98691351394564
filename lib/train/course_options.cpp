#include "train/course_options.h"

#include <algorithm>
#include <cmath>

#include "base/choice.h"
#include "base/error.h"
#include "base/text.h"
#include "data/block_kind.h"
#include "nn/number_columns.h"
#include "train/hold_out.h"
#include "train/loop.h"
#include "train/useful_settings.h"

namespace mtlkit {
namespace {

constexpr std::string_view kAuto = "auto";
constexpr std::string_view kNone = "none";
constexpr Index kNetworks = 5;
constexpr Index kMostNetworks = 1000;
// Rows that choose where nobody has said which: of fewer they would say little.
constexpr double kHeldOut = 0.15;
constexpr double kMostHeldOut = 0.5;
constexpr Index kLeastRows = 200;
// Of more numbers 64 pieces each take long.
constexpr Index kFewNumbers = 32;
// Multiplications of all networks of "auto": with what comes before, a minute
// on two cores, as most trainings end early.
constexpr double kMostWork = 3e12;

const std::vector<std::string>& UsualTuning() {
  static const std::vector<std::string> usual = {
      "numbers=plain,pieces,pieces:count=64", "dropout=0,0.1,0.3"};
  return usual;
}

bool IsOneWord(const std::vector<std::string>& tune, std::string_view word) {
  return tune.size() == 1 && tune.front() == word;
}

// Whether the validation rows choose one epoch of all tasks.
bool ChoosesOneEpoch(const TrainOptions& options) {
  return options.keep_best == "together" && options.task_patience == 0;
}

// Whether a search that nobody has asked for can choose anything.
bool CanSearch(const Recipe& recipe, const TrainInputs& inputs, Model model) {
  return !inputs.valid_rows.empty() && ChoosesOneEpoch(recipe.train) &&
         CanChoose(inputs, recipe.train, &model);
}

// Whether mtl-prep has put pieces beside the numbers.
bool HasPieces(const TransformRecords& transforms) {
  return std::ranges::count(transforms, "pieces", &TransformRecord::name) > 0;
}

std::vector<TunedSetting> UsualSettings(const Recipe& recipe,
                                        const std::vector<std::string>& given,
                                        const TrainInputs& inputs,
                                        const Model& model, bool begins) {
  const Index numbers =
      CountNumberColumns(*inputs.data, inputs.train_rows, recipe.arch);
  std::vector<std::string> open;
  for (const std::string& text : UsualTuning()) {
    const std::string name = text.substr(0, text.find('='));
    // What there is to begin from decides what it can begin; pieces of pieces
    // say nothing new.
    const bool is_closed =
        name == "numbers" &&
        (begins || numbers == 0 || HasPieces(inputs.data->transforms));
    if (is_closed || std::ranges::count(given, name) > 0) continue;
    const bool is_last_too_much = name == "numbers" && numbers > kFewNumbers;
    open.push_back(is_last_too_much ? text.substr(0, text.rfind(',')) : text);
  }
  std::vector<TunedSetting> settings = ParseTuning(open, recipe, given);
  std::erase_if(settings, [&](const TunedSetting& setting) {
    const auto arch = [&](const std::string& value) {
      return WithSetting(recipe, setting.name, value).arch;
    };
    return MakeTheSame(model, arch(setting.values.front()),
                       arch(setting.values.back()));
  });
  return settings;
}

// A search among values that all come to the same would be for nothing. What a
// value has no effect on is refused with its network (RequireUseful).
void RequireDifference(const TunedSetting& setting, const Model& model) {
  const bool weighs =
      setting.name == "weighting" || setting.name == "gradients-at";
  const std::string why = weighs ? WhyNothingIsWeighed(model) : "";
  Require(why.empty(), ErrorKind::kUsage,
          Str("--tune ", setting.name, " has no effect: ", why),
          "leave it out");
}

std::vector<TunedSetting> Settings(const CourseOptions& options,
                                   const Recipe& recipe,
                                   const std::vector<std::string>& given,
                                   const TrainInputs& inputs,
                                   const Model& model, bool begins) {
  if (IsOneWord(options.tune, kNone)) return {};
  if (IsOneWord(options.tune, kAuto)) {
    if (options.once || !CanSearch(recipe, inputs, model)) return {};
    return UsualSettings(recipe, given, inputs, model, begins);
  }
  Require(!inputs.valid_rows.empty(), ErrorKind::kUsage,
          "--tune: there are no validation rows to choose on",
          "make some with mtl-prep --split valid=0.15, or hold some out: "
          "--hold-out 0.15");
  Require(ChoosesOneEpoch(recipe.train), ErrorKind::kUsage,
          "--tune compares epochs that are best for all tasks together",
          "leave --keep-best and --task-patience out");
  std::vector<TunedSetting> settings = ParseTuning(options.tune, recipe, given);
  for (const TunedSetting& setting : settings) {
    RequireDifference(setting, model);
  }
  return settings;
}

std::string Refit(const CourseOptions& options, const Recipe& recipe,
                  const TrainInputs& inputs, const Model& model) {
  if (options.refit != kAuto) return options.refit;
  if (options.once || !CanSearch(recipe, inputs, model)) return "none";
  const bool waits =
      ParseChoice(recipe.train.schedule, "--schedule").name == "plateau";
  return waits ? "none" : "valid";
}

bool IsTrainable(const Dataset& data, const std::vector<Index>& rows) {
  try {
    RequireTrainable(data, rows);
    return true;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kBadInput) throw;
    return false;
  }
}

// Whether all rows are learned from in the end, if some were held out first.
bool WantsHeldOut(const CourseOptions& options, const Recipe& recipe,
                  const TrainInputs& inputs) {
  const bool refits = options.refit == kAuto || options.refit == "valid";
  const bool waits =
      ParseChoice(recipe.train.schedule, "--schedule").name == "plateau";
  const bool tunes_schedule = std::ranges::any_of(
      options.tune,
      [](const std::string& text) { return text.starts_with("schedule="); });
  return !options.once && refits && !waits && !tunes_schedule &&
         ChoosesOneEpoch(recipe.train) && inputs.valid_rows.empty() &&
         std::ssize(inputs.train_rows) >= kLeastRows &&
         HasGroupsToHoldOut(inputs);
}

// How often a row of the data meets the parameters of a network: where layers
// read tokens, as often as its longest kind of texts has some, on average.
double PassesOfRow(const Model& model, const Dataset& data) {
  const bool reads_tokens =
      std::ranges::any_of(model.network->nodes(), [&](const Node& node) {
        return node.layer->kind() != "embedding" && !node.params.empty() &&
               model.network->info(node.output).space.is_ragged();
      });
  double passes = 1;
  for (const InputSpec& input : model.schema.inputs) {
    if (!reads_tokens || TraitsOf(input.kind).rows != BlockRows::kTokens) {
      continue;
    }
    const InputBlock* block = data.FindInput(input.name);
    passes =
        std::max(passes, static_cast<double>(block->row_starts[data.rows]) /
                             static_cast<double>(data.rows));
  }
  return passes;
}

// Multiplications of one training, without those of sparse inputs.
double WorkOf(const Recipe& recipe, const TrainInputs& inputs, Model model) {
  const auto epochs =
      static_cast<double>(PlannedEpochs(inputs, recipe.train, &model));
  const auto parameters =
      static_cast<double>(model.network->weights()->count());
  constexpr double kProducts = 3;  // forward, and two of the way back
  return kProducts * epochs * static_cast<double>(inputs.train_rows.size()) *
         PassesOfRow(model, *inputs.data) * parameters;
}

Index Networks(const CourseOptions& options, const Recipe& recipe,
               const TrainInputs& inputs, const Model& model,
               Index beginnings) {
  if (options.ensemble == kAuto) {
    if (beginnings > 0 && !options.once) return beginnings;
    if (options.once ||
        ParseMembers(recipe.arch.members, "--members").members > 1) {
      return 1;
    }
    const double networks =
        std::floor(kMostWork / WorkOf(recipe, inputs, model));
    return static_cast<Index>(
        std::clamp(networks, 1.0, static_cast<double>(kNetworks)));
  }
  long long networks = 0;
  Require(ParseInteger(options.ensemble, &networks) && networks >= 1 &&
              networks <= kMostNetworks,
          ErrorKind::kUsage,
          Str("--ensemble '", options.ensemble,
              "' is not a number of networks between 1 and ", kMostNetworks),
          "write how many, or auto");
  return static_cast<Index>(networks);
}

}  // namespace

void CourseOptions::Describe(Fields& fields) {
  fields.Field(
      {.name = "tune",
       .help = Str("values that are tried, of which the best on the "
                   "validation rows is kept; may be repeated; auto: ",
                   Join(UsualTuning(), ", "), ", where there are such rows"),
       .value_name = "SETTING=VALUE,...|auto|none",
       .splits_commas = false},
      tune);
  fields("refit", refit,
         "train again on all rows, validation rows included, for the best "
         "length on the validation rows, or on average over the folds; auto: "
         "valid where there are such rows",
         {"auto", "none", "valid", "folds"});
  fields.Named("ensemble", ensemble, "NUMBER|auto",
               Str("networks that differ in the seed, trained side by side "
                   "into one model; what it predicts is their mean; auto: ",
                   kNetworks, ", or fewer where one takes long"));
  fields.Named("hold-out", hold_out, "SHARE|auto|none",
               Str("where there are no validation rows: the share of the "
                   "training rows that chooses settings and length before all "
                   "are learned from; auto: ",
                   kHeldOut, " of at least ", kLeastRows, " rows"));
  fields("once", once,
         "one training as it is asked for: what is auto above is none, and one "
         "network");
}

Recipe FirstRecipe(const CourseOptions& options, const Recipe& recipe,
                   const std::vector<std::string>& given) {
  if (IsOneWord(options.tune, kNone) || IsOneWord(options.tune, kAuto)) {
    return recipe;
  }
  return WithFirstValues(recipe, ParseTuning(options.tune, recipe, given));
}

std::string HoldOut(const CourseOptions& options, const Recipe& recipe,
                    const Model& model, Seed seed, TrainInputs* inputs) {
  if (options.hold_out == kNone) return "";
  const bool is_auto = options.hold_out == kAuto;
  if (is_auto && !WantsHeldOut(options, recipe, *inputs)) return "";
  double share = kHeldOut;
  Require(
      is_auto || (ParseNumber(options.hold_out, &share) && share > 0 &&
                  share <= kMostHeldOut),
      ErrorKind::kUsage,
      Str("--hold-out '", options.hold_out,
          "' is not a share of the rows above 0 and at most ", kMostHeldOut),
      "write --hold-out 0.15, say, or auto");
  Require(inputs->valid_rows.empty(), ErrorKind::kUsage,
          Str("--hold-out has no effect: the split '", inputs->valid_name,
              "' has validation rows"),
          "leave it out");
  const Dataset& data = *inputs->data;
  TrainInputs held = HeldOut(*inputs, share, seed);
  if (is_auto) {
    Model own = model;
    const bool is_of_use = IsTrainable(data, held.train_rows) &&
                           CanChoose(held, recipe.train, &own);
    if (!is_of_use) return "";
  } else {
    InContext(Str("--hold-out ", options.hold_out),
              [&] { RequireTrainable(data, held.train_rows); });
  }
  *inputs = std::move(held);
  return Str("there are no validation rows: ", inputs->valid_rows.size(),
             " of ", inputs->train_rows.size() + inputs->valid_rows.size(),
             " training rows are held out to choose by (--hold-out)");
}

Course DecideCourse(const CourseOptions& options, const Recipe& recipe,
                    const std::vector<std::string>& given,
                    const TrainInputs& inputs, const Model& model,
                    Index beginnings) {
  Course course = {
      recipe,
      Settings(options, recipe, given, inputs, model, beginnings > 0),
      {Refit(options, recipe, inputs, model)},
      Networks(options, recipe, inputs, model, beginnings)};
  // One of them may be a schedule that no training on all rows can have.
  const bool tunes_schedule =
      std::ranges::count(course.tuning, "schedule", &TunedSetting::name) > 0;
  if (options.refit == kAuto && tunes_schedule) course.refit.refit = "none";
  return course;
}

}  // namespace mtlkit
