#include "interop/head_export.h"

#include "base/registry.h"

namespace mtlkit {

#define MTLKIT_REGISTRY HeadExports
#define MTLKIT_REGISTRY_ENTRY HeadExport
#define MTLKIT_REGISTRY_LIST "interop/head_exports.def"
#include "base/registry_list.inc"

const HeadExport& HeadExportOf(const Task& task) {
  const TaskType type = task.form.value_or(task.type);
  return FindEntry(HeadExports(), "export of the head", type.name());
}

}  // namespace mtlkit
