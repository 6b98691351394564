#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"
#include "interop/onnx_graph.h"

namespace mtlkit {

// A fitted step of preparation, as it becomes nodes of ONNX. Values of blocks:
// numbers as double (rows x columns), categories as int64 codes with -1 for
// missing, sparse blocks as full matrices in single precision.
struct OnnxStep {
  const TransformRecord& record;
  const std::vector<InputSpec>& before;
  const std::vector<InputSpec>& after;  // what the step makes of them
  std::vector<std::string> values;      // one a block before
  OnnxGraph& graph;

  // The numbers of a record.
  const std::vector<double>& Array(const std::string& name) const {
    return record.arrays.at(name);
  }
  // The same as a constant row.
  std::string Row(const std::string& name) const {
    const std::vector<double>& array = Array(name);
    return graph.Doubles({1, std::ssize(array)}, array);
  }
};

// One line of the registry transform_exports.def: a transform of
// prep/transforms.def, by its name, and the nodes for it, or the reason why
// there are none.
struct TransformExport {
  std::string_view name;
  // Returns values, one a block behind the step.
  std::vector<std::string> (*onnx)(const OnnxStep& step) = nullptr;
  std::string_view reason = {};
};
std::span<const TransformExport* const> TransformExports();

}  // namespace mtlkit
