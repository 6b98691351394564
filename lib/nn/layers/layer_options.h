#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/error.h"
#include "base/options.h"
#include "base/registry.h"
#include "nn/layer.h"

namespace mtlkit {

// LayerEntry::read of a layer that kMake makes of Options, or of nothing.
template <auto kMake, class Options = NoOptions>
LayerPtr ReadLayer(const Json& json, const std::string& where) {
  Options options;
  ReadOptions(json, where, &options);
  return InContext(where, [&]() -> LayerPtr {
    if constexpr (std::is_invocable_v<decltype(kMake), const Options&>) {
      return kMake(options);
    } else {
      return kMake();
    }
  });
}

// The entry of such a layer, in its file; how many inputs it can have if not
// one: 0 for the most stands for any.
template <auto kMake, class Options = NoOptions>
LayerEntry MakeLayerEntry(std::string_view name, std::string_view help,
                          std::vector<LayerSample> (*samples)(),
                          Index least_inputs = 1, Index most_inputs = 1) {
  return {name,         help,       samples, ReadLayer<kMake, Options>,
          least_inputs, most_inputs};
}

}  // namespace mtlkit
