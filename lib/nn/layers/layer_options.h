#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <type_traits>

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

}  // namespace mtlkit
