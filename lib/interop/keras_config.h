#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "interop/keras_names.h"

namespace mtlkit {

// A layer as the config of a model of Keras 3 describes it.
struct KerasLayerConfig {
  std::string name;   // the user's
  std::string group;  // what it is called among weights: "dense_1"
  std::string type;   // in snake case: "dense"
  KerasSwitches switches;
  std::vector<KerasLayerConfig> layers;  // of a model that is a layer
};

struct KerasConfig {
  std::vector<KerasLayerConfig> layers;
  // What is code: layers such as Lambda, and classes of the user's own, the
  // model's, too: "'twice' (Lambda)", "MyModel".
  std::vector<std::string> code;
};

// Reads config.json of a .keras file as data: nothing that it names is made or
// called. A model that is a class of the user's own has no layers there.
// kBadInput for what is no such config.
KerasConfig ReadKerasConfig(std::string_view json);

// By the name, if there is one, or by the group; null where there is none.
const KerasLayerConfig* FindKerasLayer(
    const std::vector<KerasLayerConfig>& layers, std::string_view name,
    std::string_view group);

}  // namespace mtlkit
