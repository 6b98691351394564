#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "interop/export_node.h"
#include "interop/keras_graph.h"
#include "interop/onnx_graph.h"
#include "interop/torch_module.h"

namespace mtlkit {

// A layer in its place, as it becomes nodes of ONNX. Values are matrices, rows
// of their space x columns, as in the network.
struct OnnxLayer {
  const ExportNode& node;
  std::vector<std::string> x;  // what it reads
  std::string starts;  // tokens: where the rows of the batch begin, and the end
  OnnxGraph& graph;

  // A parameter or buffer by its number.
  std::string Vector(Index param) const {
    return Constant(node.params[At(param)], true);
  }
  std::string Matrix(Index param) const {
    return Constant(node.params[At(param)], false);
  }
  std::string Buffer(Index buffer) const {
    return Constant(node.buffers[At(buffer)], true);
  }
  std::string Node(std::string_view operation,
                   const std::vector<std::string>& inputs,
                   const OnnxAttributes& attributes = {}) const {
    return graph.Node(operation, inputs, attributes);
  }

 private:
  std::string Constant(const ExportArray& array, bool is_vector) const {
    const ConstMatView m = array.values;
    return graph.Numbers(array.name,
                         is_vector ? std::vector<Index>{m.cols}
                                   : std::vector<Index>{m.rows, m.cols},
                         m.flat());
  }
};

// How a layer goes into a target: a function that adds it and returns the name
// of its value (ONNX, Keras) or the expression for it (PyTorch), or the reason
// why the target cannot hold it, which the user gets to read.
template <class Layer>
struct LayerWay {
  std::string (*add)(const Layer&) = nullptr;
  std::string_view reason = {};
};

// One line of the registry layer_exports.def: a layer of nn/layers.def, by its
// name, and how it goes into each target.
struct LayerExport {
  std::string_view name;
  LayerWay<OnnxLayer> onnx;
  LayerWay<TorchLayer> torch;
  LayerWay<KerasLayer> keras;
};
std::span<const LayerExport* const> LayerExports();
const LayerExport& LayerExportOf(const ExportNode& node);

// Adds a layer, or ends with its reason (kUsage).
template <class Layer>
std::string AddLayer(const LayerWay<Layer>& way, const Layer& layer) {
  if (way.add == nullptr) RefuseNode(layer.node, way.reason);
  return way.add(layer);
}

}  // namespace mtlkit
