#include "train/useful_settings.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/choice.h"
#include "base/error.h"
#include "data/block_kind.h"
#include "nn/graph.h"
#include "train/weigher.h"
#include "train/weighting.h"

namespace mtlkit {
namespace {

bool ReadsCategories(const InputSpec& input) {
  return TraitsOf(input.kind).has_categories;
}

bool HoldsImages(const InputSpec& input) {
  return TraitsOf(input.kind).rows == BlockRows::kPixels;
}

void FindInNetwork(const Model& model, UselessSettings* useless) {
  const ArchOptions usual;
  // A setting counts where it changes the network that it is part of.
  const auto look = [&](auto ArchOptions::*field, const std::string& flag,
                        std::string_view why) {
    if (model.arch.*field == usual.*field) return;
    ArchOptions without = model.arch;
    without.*field = usual.*field;
    if (MakeTheSame(model, model.arch, without)) useless->emplace(flag, why);
  };
  constexpr std::string_view kNoLayer = "the network has no hidden layer";
  look(&ArchOptions::activation, "activation", kNoLayer);
  look(&ArchOptions::norm, "norm", kNoLayer);
  look(&ArchOptions::dropout, "dropout", kNoLayer);
  const bool adds = std::ranges::any_of(
      model.network->nodes(),
      [](const Node& node) { return node.name.ends_with(".residual"); });
  if (model.arch.residual == "resnet" && !adds) {
    useless->emplace(
        "residual",
        "no chain of layers has a second, of which the first block "
        "would be made");
  } else if (model.arch.residual != usual.residual && !adds) {
    useless->emplace(
        "residual",
        "no chain of hidden layers has one as wide as what it reads");
  }
  look(&ArchOptions::drop_path, "drop-path",
       "no layer is added to what it reads (--residual)");
  look(&ArchOptions::numbers, "numbers", "no input holds numbers");
  // A map cannot be said of images that lie flat.
  if (std::ranges::none_of(model.schema.inputs, HoldsImages)) {
    look(&ArchOptions::images, "images", "no input holds images");
  }
  look(&ArchOptions::texts, "texts", "no input holds texts");
  if (!model.arch.hierarchy.empty()) {
    look(&ArchOptions::layers, "layers",
         "every group of the hierarchy has layers of its own");
  }
  if (model.arch.embedding != usual.embedding &&
      std::ranges::none_of(model.schema.inputs, ReadsCategories)) {
    useless->emplace("embedding", "no input holds categories or texts");
  }
}

void FindInWeighting(const Model& model, const WeightingOptions& options,
                     UselessSettings* useless) {
  const Choice choice = ParseChoice(options.weighting, "--weighting");
  const auto weighting = MakeWeighting(choice, model.schema.tasks);
  const bool is_plain = RouteOf(weighting->needs()) == Route::kPlain;
  if (options.gradients_at != WeightingOptions{}.gradients_at && is_plain) {
    useless->emplace("gradients-at",
                     Str("--weighting ", choice.name, " takes no gradients"));
  }
  // The sum and the mean of losses are meant for any network.
  const bool chooses = choice.name != "equal" && choice.name != "fixed";
  if (chooses && model.schema.tasks.size() > 1 &&
      model.network->weights()->shared_size() == 0) {
    useless->emplace(
        "weighting",
        "the tasks share no parameters, between which it would weigh");
  }
}

void FindDiagnosis(const Model& model, UselessSettings* useless) {
  if (model.network->weights()->shared_size() > 0) return;
  useless->emplace("diagnose",
                   "no two tasks share parameters, whose gradients it would "
                   "compare");
}

}  // namespace

UselessSettings FindUseless(const Model& model, const TrainOptions& options) {
  UselessSettings useless;
  FindInNetwork(model, &useless);
  FindInWeighting(model, options.weighting, &useless);
  if (options.diagnose > 0) FindDiagnosis(model, &useless);
  return useless;
}

std::string WhyNothingIsWeighed(const Model& model) {
  if (model.schema.tasks.size() > 1) return "";
  return "there is one task, which nothing is weighed against";
}

bool MakeTheSame(const Model& model, const ArchOptions& one,
                 const ArchOptions& other) {
  return GraphOf(BuildNetwork(model.schema, one), model.schema) ==
         GraphOf(BuildNetwork(model.schema, other), model.schema);
}

void KeepUselessOfBoth(const UselessSettings& other,
                       UselessSettings* settings) {
  std::erase_if(*settings, [&](const auto& setting) {
    return other.count(setting.first) == 0;
  });
}

void RequireUseful(const UselessSettings& settings) {
  if (settings.empty()) return;
  const auto& [flag, why] = *settings.begin();
  Fail(ErrorKind::kUsage, Str("--", flag, " has no effect: ", why),
       "leave it out");
}

}  // namespace mtlkit
