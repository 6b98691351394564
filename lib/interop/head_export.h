#pragma once

#include <span>
#include <string>
#include <string_view>

#include "data/task.h"
#include "interop/keras_graph.h"
#include "interop/onnx_graph.h"

namespace mtlkit {

// One line of the registry head_exports.def: a head of data/heads.def, by its
// name, and what its link and its classes are elsewhere.
struct HeadExport {
  std::string_view name;
  // Predictions (rows x prediction_cols, single precision) of outputs.
  std::string (*onnx_link)(const Task& task, const std::string& outputs,
                           OnnxGraph* graph);
  // The numbers of the classes that predictions speak for (rows); null where
  // there is not one class.
  std::string (*onnx_class)(const std::string& predictions, OnnxGraph* graph);
  // Functions of Python: link_NAME(z, task), and class_NAME(p) where there is
  // one class, with _ in a name for -. Fixed text; `task` is that of
  // model.json.
  std::string_view torch;
  // The value of predictions, of the value of outputs; null where Keras cannot
  // hold it, for the reason that is said. The layer that makes it is called as
  // the task is: losses by name go to layers in Keras 3.0.
  std::string (*keras)(const Task& task, const std::string& outputs,
                       KerasGraph* graph);
  std::string_view keras_reason = {};
  // Another head whose functions of Python those of this one call.
  std::string_view torch_uses = {};
};
std::span<const HeadExport* const> HeadExports();
const HeadExport& HeadExportOf(const Task& task);

}  // namespace mtlkit
