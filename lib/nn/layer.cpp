#include "nn/layer.h"

namespace mtlkit {

#define MTLKIT_ENTRY(entry) extern const LayerEntry entry;
#include "nn/layers.def"
#undef MTLKIT_ENTRY

std::span<const LayerEntry* const> LayerEntries() {
  static const LayerEntry* const kEntries[] = {
#define MTLKIT_ENTRY(entry) &entry,
#include "nn/layers.def"
#undef MTLKIT_ENTRY
  };
  return kEntries;
}

}  // namespace mtlkit
