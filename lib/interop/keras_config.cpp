#include "interop/keras_config.h"

#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json_text.h"

namespace mtlkit {
namespace {

using Json = nlohmann::json;

constexpr int kMostNested = 32;

[[noreturn]] void FailConfig(std::string_view why) {
  Fail(ErrorKind::kBadInput, Str("damaged Keras file: its config ", why),
       "save the model again");
}

// "" where it is missing or no text.
std::string TextOf(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_string()) return "";
  return found->get<std::string>();
}

bool FlagOf(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found == json.end() || !found->is_boolean() || found->get<bool>();
}

// Whether the layer is one of Keras's own and plain data.
bool IsPlain(const Json& layer, const std::string& type) {
  const auto registered = layer.find("registered_name");
  const bool is_registered =
      registered != layer.end() && !registered->is_null();
  const std::string module = TextOf(layer, "module");
  const bool is_of_keras = module == "keras" || module.starts_with("keras.");
  // Keras 3.0 gives models a module that is not exported, and their own name.
  return is_of_keras && type != "Lambda" &&
         (!is_registered || TextOf(layer, "registered_name") == type);
}

class ConfigReader {
 public:
  explicit ConfigReader(KerasConfig* config) : config_(*config) {}

  std::vector<KerasLayerConfig> LayersOf(const Json& model, int depth) {
    if (depth > kMostNested) FailConfig("has models in models without an end");
    std::vector<KerasLayerConfig> layers;
    const auto options = model.find("config");
    if (options == model.end() || !options->is_object()) return layers;
    const auto list = options->find("layers");
    if (list == options->end() || !list->is_array()) return layers;
    std::map<std::string, Index> counts;
    for (const Json& entry : *list) {
      if (!entry.is_object()) FailConfig("has a layer that is none");
      // Operations such as x + y stand among layers, and have no weights.
      const std::string module = TextOf(entry, "module");
      if (module.starts_with("keras.src.ops") ||
          module.starts_with("keras.ops")) {
        continue;
      }
      layers.push_back(LayerOf(entry, depth));
      KerasLayerConfig& layer = layers.back();
      const Index number = counts[layer.type]++;
      layer.group = number == 0 ? layer.type : Str(layer.type, "_", number);
    }
    return layers;
  }

 private:
  KerasLayerConfig LayerOf(const Json& entry, int depth) {
    KerasLayerConfig layer;
    const std::string type = TextOf(entry, "class_name");
    layer.type = KerasSnakeCase(type);
    const auto options = entry.find("config");
    if (options != entry.end() && options->is_object()) {
      layer.name = TextOf(*options, "name");
      layer.switches = {.is_known = true,
                        .has_scale = FlagOf(*options, "scale"),
                        .has_center = FlagOf(*options, "center")};
    }
    if (!IsPlain(entry, type)) {
      config_.code.push_back(Str("'", layer.name, "' (", type, ")"));
    }
    layer.layers = LayersOf(entry, depth + 1);
    return layer;
  }

  KerasConfig& config_;
};

}  // namespace

KerasConfig ReadKerasConfig(std::string_view json) {
  const Json model = ParseJson(json);
  if (!model.is_object()) FailConfig("is no JSON object");
  KerasConfig config;
  const std::string type = TextOf(model, "class_name");
  if (!type.empty() && !IsPlain(model, type)) config.code.push_back(type);
  config.layers = ConfigReader(&config).LayersOf(model, 0);
  return config;
}

const KerasLayerConfig* FindKerasLayer(
    const std::vector<KerasLayerConfig>& layers, std::string_view name,
    std::string_view group) {
  for (const KerasLayerConfig& layer : layers) {
    if (name.empty() ? layer.group == group : layer.name == name) return &layer;
  }
  return nullptr;
}

}  // namespace mtlkit
