// Weights as Keras 2 kept them.
#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "interop/keras_weights.h"

namespace mtlkit {
namespace {

constexpr const char* kModelWeights = "model_weights";

[[noreturn]] void FailLegacy(const std::string& why) {
  Fail(ErrorKind::kBadInput, Str("the Keras file ", why),
       "save the model again, as .keras");
}

// A list of texts, which Keras divides where it is too long for one attribute:
// `name`, or `name`0, `name`1, ... Empty lists are lists of numbers.
std::vector<std::string> ListAt(const ForeignFile& file,
                                const std::string& path,
                                const std::string& name) {
  if (const ForeignAttribute* whole = file.FindAttribute(path, name)) {
    return whole->texts;
  }
  std::vector<std::string> list;
  for (Index part = 0;; ++part) {
    const ForeignAttribute* some = file.FindAttribute(path, Str(name, part));
    if (some == nullptr) return list;
    list.insert(list.end(), some->texts.begin(), some->texts.end());
  }
}

bool HasLayers(const ForeignFile& file, const std::string& path) {
  return file.FindAttribute(path, "layer_names") != nullptr ||
         file.FindAttribute(path, "layer_names0") != nullptr;
}

// "first/kernel" of the weight "model/first/kernel:0" or "kernel" of `first`.
std::string LegacyName(const std::string& layer, const std::string& weight) {
  std::string bare = weight.substr(0, weight.rfind(':'));
  const std::vector<std::string> steps = Split(bare, '/');
  const auto last = steps.empty() ? steps.end() : steps.end() - 1;
  const auto found = std::find(steps.begin(), last, layer);
  if (found == last) return Str(layer, "/", bare);
  return Join(std::vector<std::string>(found, steps.end()), "/");
}

}  // namespace

bool IsKerasLegacy(const ForeignFile& file) {
  return HasLayers(file, kModelWeights) || HasLayers(file, "");
}

std::vector<KerasPlace> KerasLegacyPlaces(const ForeignFile& file) {
  const std::string root = HasLayers(file, "") ? "" : kModelWeights;
  std::vector<std::string> layers = ListAt(file, root, "layer_names");
  // Weights of the model itself.
  layers.emplace_back("top_level_model_weights");
  std::vector<KerasPlace> places;
  std::set<std::string> taken;
  for (const std::string& layer : layers) {
    const std::string group = root.empty() ? layer : Str(root, "/", layer);
    for (const std::string& weight : ListAt(file, group, "weight_names")) {
      KerasPlace place{Str(group, "/", weight), LegacyName(layer, weight)};
      // Keras 3.0 loses layers in layers when it writes such a file.
      if (!taken.insert(place.path).second) {
        FailLegacy(Str("names two weights of layer '", layer, "' '", weight,
                       "', and holds one"));
      }
      if (file.Find(place.path) == nullptr) {
        FailLegacy(Str("names the weight '", weight, "' of layer '", layer,
                       "', and does not hold it"));
      }
      places.push_back(std::move(place));
    }
  }
  return places;
}

}  // namespace mtlkit
