#include "interop/onnx_eval.h"

#include <stdexcept>

#include "interop/onnx_operations.h"

namespace mtlkit {
namespace {

const OnnxOperation& OperationOf(const std::string& name) {
  for (const OnnxOperations* group :
       {&OnnxShapeOperations(), &OnnxNumberOperations(),
        &OnnxImageOperations()}) {
    const auto found = group->find(name);
    if (found != group->end()) return found->second;
  }
  throw std::runtime_error("the operation " + name);
}

}  // namespace

std::map<std::string, OnnxArray> EvaluateOnnx(
    const OnnxFile& file, const std::map<std::string, OnnxArray>& inputs) {
  std::map<std::string, OnnxArray> values = file.constants;
  for (const OnnxPlace& input : file.inputs) {
    const OnnxArray& given = inputs.at(input.name);
    Demand(given.type == input.type, "an input of another type");
    values[input.name] = given;
  }
  for (const OnnxNodeRead& node : file.nodes) {
    const OnnxOperation& operation = OperationOf(node.operation);
    // The place of each in its row comes with what TopK sorts.
    const std::size_t outputs = node.operation == "TopK" ? 2 : 1;
    Demand(node.outputs.size() == outputs, "the number of outputs");
    OnnxInputs in;
    for (const std::string& name : node.inputs) in.push_back(&values.at(name));
    values[node.outputs.at(0)] = operation(node, in);
  }
  std::map<std::string, OnnxArray> outputs;
  for (const OnnxPlace& output : file.outputs) {
    outputs[output.name] = values.at(output.name);
    Demand(outputs[output.name].type == output.type, "an output's type");
  }
  return outputs;
}

}  // namespace mtlkit
