#include "interop/layer_export.h"

#include "base/registry.h"

namespace mtlkit {

#define MTLKIT_REGISTRY LayerExports
#define MTLKIT_REGISTRY_ENTRY LayerExport
#define MTLKIT_REGISTRY_LIST "interop/layer_exports.def"
#include "base/registry_list.inc"

const LayerExport& LayerExportOf(const ExportNode& node) {
  return FindEntry(LayerExports(), "export of the layer", node.kind);
}

}  // namespace mtlkit
