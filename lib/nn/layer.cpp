#include "nn/layer.h"

namespace mtlkit {

#define MTLKIT_REGISTRY LayerEntries
#define MTLKIT_REGISTRY_ENTRY LayerEntry
#define MTLKIT_REGISTRY_LIST "nn/layers.def"
#include "base/registry_list.inc"

}  // namespace mtlkit
