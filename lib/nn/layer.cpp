#include "nn/layer.h"

#include <array>

namespace mtlkit {

#define MTLKIT_ENTRY(entry) extern const LayerEntry entry;
#include "nn/layers.def"
#undef MTLKIT_ENTRY

std::span<const LayerEntry* const> LayerEntries() {
  static constexpr std::array kEntries = {
#define MTLKIT_ENTRY(entry) &entry,
#include "nn/layers.def"
#undef MTLKIT_ENTRY
  };
  return kEntries;
}

}  // namespace mtlkit
