// Convolutions.
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "interop/grid_export.h"

namespace mtlkit {
namespace {

// The kernel and the bias, if there is one, as ONNX has them.
std::vector<std::string> OnnxKernels(const OnnxLayer& layer,
                                     const std::string& images) {
  const ExportArray& kernel = layer.node.params[0];
  const Sides taps = WindowOf(layer.node).kernel;
  const Index inputs = kernel.values.rows / taps.area();
  std::vector<std::string> read = {
      images,
      layer.graph.Numbers(kernel.name,
                          {kernel.values.cols, inputs, taps.height, taps.width},
                          OutputsFirst(kernel.values, taps.area()))};
  if (layer.node.Flag("bias")) read.push_back(layer.Vector(1));
  return read;
}

std::string ConvolvedOnnx(const OnnxLayer& layer, Index groups) {
  OnnxAttributes attributes = OnnxWindow(WindowOf(layer.node));
  attributes.push_back({"group", groups});
  return OnnxRows(
      layer,
      layer.Node("Conv", OnnxKernels(layer, OnnxImages(layer)), attributes));
}

std::string ConvToOnnx(const OnnxLayer& layer) {
  return ConvolvedOnnx(layer, layer.node.Integer("groups"));
}

std::string DepthwiseToOnnx(const OnnxLayer& layer) {
  return ConvolvedOnnx(layer, layer.node.cols);
}

std::string TransposedConvToOnnx(const OnnxLayer& layer) {
  OnnxAttributes attributes = OnnxWindow(WindowOf(layer.node));
  attributes.push_back({"group", layer.node.Integer("groups")});
  attributes.push_back(
      {"output_padding", std::vector<Index>{layer.node.Integer("more-height"),
                                            layer.node.Integer("more-width")}});
  return OnnxRows(
      layer, layer.Node("ConvTranspose", OnnxKernels(layer, OnnxImages(layer)),
                        attributes));
}

std::string TorchConv(const TorchLayer& layer, const char* type, Index groups,
                      const std::string& more) {
  const ExportNode& node = layer.node;
  const Window window = WindowOf(node);
  const std::string module = layer.Make(
      Str("nn.", type, "(", node.input_cols[0], ", ", node.cols, ", (",
          window.kernel.height, ", ", window.kernel.width, ")",
          TorchSides("stride", window.stride),
          TorchSides("padding", window.padding), more,
          TorchSides("dilation", window.dilation), ", groups=", groups,
          node.Flag("bias") ? "" : ", bias=False", ")"),
      window.kernel);
  return TorchRows(layer, Str(module, "(", TorchImages(layer), ")"));
}

std::string ConvToTorch(const TorchLayer& layer) {
  return TorchConv(layer, "Conv2d", layer.node.Integer("groups"), "");
}

std::string DepthwiseToTorch(const TorchLayer& layer) {
  return TorchConv(layer, "Conv2d", layer.node.cols, "");
}

std::string TransposedConvToTorch(const TorchLayer& layer) {
  return TorchConv(
      layer, "ConvTranspose2d", layer.node.Integer("groups"),
      TorchSides("output_padding", {layer.node.Integer("more-height"),
                                    layer.node.Integer("more-width")}));
}

// The kernel in four axes, which lie as here; then the bias.
std::vector<KerasArray> KerasKernels(const ExportNode& node, Index inputs,
                                     Index outputs) {
  const Sides taps = WindowOf(node).kernel;
  std::vector<KerasArray> arrays = {KerasArrayOf(node.params[0], false)};
  arrays[0].shape = {taps.height, taps.width, inputs, outputs};
  if (node.Flag("bias")) arrays.push_back(KerasArrayOf(node.params[1], true));
  return arrays;
}

Json KerasConvOptions(const ExportNode& node) {
  const Window window = WindowOf(node);
  return {{"kernel_size", KerasSides(window.kernel)},
          {"strides", KerasSides(window.stride)},
          {"padding", "valid"},
          {"dilation_rate", KerasSides(window.dilation)},
          {"use_bias", node.Flag("bias")},
          {"activation", "linear"}};
}

void RefuseStridesWithGaps(const ExportNode& node) {
  const Window window = WindowOf(node);
  if (window.dilation != Sides{1, 1} && window.stride != Sides{1, 1}) {
    RefuseNode(node, "Keras has no windows with both gaps and strides");
  }
}

std::string ConvToKeras(const KerasLayer& layer) {
  const ExportNode& node = layer.node;
  RefuseStridesWithGaps(node);
  const Window window = WindowOf(node);
  const Index groups = node.Integer("groups");
  Json options = KerasConvOptions(node);
  options["filters"] = node.cols;
  options["groups"] = groups;
  return KerasRows(
      layer, KerasOnImages(
                 layer, "Conv2D",
                 KerasPadded(layer, KerasImages(layer), window.padding),
                 window.Small(GridOf(node)), options,
                 KerasKernels(node, node.input_cols[0] / groups, node.cols)));
}

std::string DepthwiseToKeras(const KerasLayer& layer) {
  const ExportNode& node = layer.node;
  RefuseStridesWithGaps(node);
  const Window window = WindowOf(node);
  if (window.stride.height != window.stride.width) {
    RefuseNode(node, "Keras has no such layer with strides that differ");
  }
  Json options = KerasConvOptions(node);
  options["depth_multiplier"] = 1;
  return KerasRows(layer, KerasOnImages(layer, "DepthwiseConv2D",
                                        KerasPadded(layer, KerasImages(layer),
                                                    window.padding),
                                        window.Small(GridOf(node)), options,
                                        KerasKernels(node, node.cols, 1)));
}

// All that windows reach, then without padding.
std::string TransposedConvToKeras(const KerasLayer& layer) {
  const ExportNode& node = layer.node;
  const Window w = WindowOf(node);
  const Sides more = {node.Integer("more-height"), node.Integer("more-width")};
  if (node.Integer("groups") != 1 || w.dilation != Sides{1, 1}) {
    RefuseNode(node,
               "Keras has no transposed convolution in groups or with "
               "gaps");
  }
  if (w.kernel.height < w.stride.height || w.kernel.width < w.stride.width ||
      more.height > w.padding.height || more.width > w.padding.width) {
    RefuseNode(node, "Keras has no pixels that no window reaches");
  }
  const Sides grid = GridOf(node);
  const Sides all = {(grid.height - 1) * w.stride.height + w.kernel.height,
                     (grid.width - 1) * w.stride.width + w.kernel.width};
  Json options = KerasConvOptions(node);
  options["filters"] = node.cols;
  const std::string made =
      KerasOnImages(layer, "Conv2DTranspose", KerasImages(layer), all, options,
                    KerasKernels(node, node.cols, node.input_cols[0]));
  if (w.padding == Sides{0, 0}) return KerasRows(layer, made);
  const Json cut = Json::array(
      {Json::array({w.padding.height, w.padding.height - more.height}),
       Json::array({w.padding.width, w.padding.width - more.width})});
  return KerasRows(
      layer, KerasOnImages(layer, "Cropping2D", made,
                           {all.height - 2 * w.padding.height + more.height,
                            all.width - 2 * w.padding.width + more.width},
                           {{"cropping", cut}}, {}, ".cut"));
}

}  // namespace

extern const LayerExport kConvExport;
const LayerExport kConvExport = {.name = "conv",
                                 .onnx = {ConvToOnnx},
                                 .torch = {ConvToTorch},
                                 .keras = {ConvToKeras}};

extern const LayerExport kTransposedConvExport;
const LayerExport kTransposedConvExport = {.name = "transposed-conv",
                                           .onnx = {TransposedConvToOnnx},
                                           .torch = {TransposedConvToTorch},
                                           .keras = {TransposedConvToKeras}};

extern const LayerExport kDepthwiseConvExport;
const LayerExport kDepthwiseConvExport = {.name = "depthwise-conv",
                                          .onnx = {DepthwiseToOnnx},
                                          .torch = {DepthwiseToTorch},
                                          .keras = {DepthwiseToKeras}};

}  // namespace mtlkit
