#include "interop/transform_export.h"

#include "base/registry.h"

namespace mtlkit {

#define MTLKIT_REGISTRY TransformExports
#define MTLKIT_REGISTRY_ENTRY TransformExport
#define MTLKIT_REGISTRY_LIST "interop/transform_exports.def"
#include "base/registry_list.inc"

}  // namespace mtlkit
