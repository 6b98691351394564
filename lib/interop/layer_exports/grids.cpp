// Layers of grids without kernels.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "interop/grid_export.h"

namespace mtlkit {
namespace {

std::string MaxWindowToOnnx(const OnnxLayer& layer) {
  return OnnxRows(layer, layer.Node("MaxPool", {OnnxImages(layer)},
                                    OnnxWindow(WindowOf(layer.node))));
}

std::string MeanWindowToOnnx(const OnnxLayer& layer) {
  OnnxAttributes attributes = OnnxWindow(WindowOf(layer.node));
  attributes.push_back(
      {"count_include_pad", Index{layer.node.Flag("counts-padding") ? 1 : 0}});
  return OnnxRows(layer,
                  layer.Node("AveragePool", {OnnxImages(layer)}, attributes));
}

// PyTorch pads by at most half a window.
void RefuseWidePadding(const ExportNode& node) {
  const Window w = WindowOf(node);
  if (2 * w.padding.height > w.kernel.height ||
      2 * w.padding.width > w.kernel.width) {
    RefuseNode(node, "PyTorch has no padding of more than half a window");
  }
}

std::string TorchWindow(const TorchLayer& layer, const char* function,
                        const std::string& more) {
  RefuseWidePadding(layer.node);
  const Window w = WindowOf(layer.node);
  return TorchRows(
      layer, Str(function, "(", TorchImages(layer), ", (", w.kernel.height,
                 ", ", w.kernel.width, ")", TorchSides("stride", w.stride),
                 TorchSides("padding", w.padding), more, ")"));
}

std::string MaxWindowToTorch(const TorchLayer& layer) {
  return TorchWindow(layer, "F.max_pool2d",
                     TorchSides("dilation", WindowOf(layer.node).dilation));
}

std::string MeanWindowToTorch(const TorchLayer& layer) {
  const bool counts = layer.node.Flag("counts-padding");
  return TorchWindow(layer, "F.avg_pool2d",
                     Str(", count_include_pad=", counts ? "True" : "False"));
}

std::string KerasWindow(const KerasLayer& layer, const char* type,
                        const std::string& images) {
  const Window w = WindowOf(layer.node);
  return KerasRows(
      layer, KerasOnImages(layer, type, images, w.Small(GridOf(layer.node)),
                           {{"pool_size", KerasSides(w.kernel)},
                            {"strides", KerasSides(w.stride)},
                            {"padding", "valid"}}));
}

std::string MaxWindowToKeras(const KerasLayer& layer) {
  const Window w = WindowOf(layer.node);
  if (w.padding != Sides{0, 0} || w.dilation != Sides{1, 1}) {
    RefuseNode(layer.node,
               "Keras has no largest of windows with gaps, or that go beyond "
               "the grid");
  }
  return KerasWindow(layer, "MaxPooling2D", KerasImages(layer));
}

std::string MeanWindowToKeras(const KerasLayer& layer) {
  const Window w = WindowOf(layer.node);
  if (w.padding != Sides{0, 0} && !layer.node.Flag("counts-padding")) {
    RefuseNode(layer.node,
               "Keras has no mean of windows of which a part lies beyond the "
               "grid");
  }
  return KerasWindow(layer, "AveragePooling2D",
                     KerasPadded(layer, KerasImages(layer), w.padding));
}

Sides NewSize(const ExportNode& node) {
  return {node.Integer("new-height"), node.Integer("new-width")};
}

// Of the nearest pixels, by their places: what programs make of a scale that
// is no whole number differs.
std::string NearestToOnnx(const OnnxLayer& layer) {
  const Sides grid = GridOf(layer.node);
  const Sides size = NewSize(layer.node);
  const auto places = [&](Index from, Index to) {
    std::vector<Index> at;
    for (Index i = 0; i < to; ++i) at.push_back(i * from / to);
    return layer.graph.Integers(at);
  };
  const std::string images = layer.graph.Reshape(
      layer.x[0], {-1, grid.height, grid.width, layer.node.cols});
  const std::string lines =
      layer.Node("Gather", {images, places(grid.height, size.height)},
                 {{"axis", Index{1}}});
  const std::string pixels = layer.Node(
      "Gather", {lines, places(grid.width, size.width)}, {{"axis", Index{2}}});
  return layer.graph.Reshape(pixels, {-1, layer.node.cols});
}

// What part of each place along a side is in each new one (MakeResize).
std::vector<Real> BilinearParts(Index from, Index to) {
  std::vector<Real> parts(At(to * from));
  for (Index i = 0; i < to; ++i) {
    const double at = std::max(0.0, (static_cast<double>(i) + 0.5) *
                                            static_cast<double>(from) /
                                            static_cast<double>(to) -
                                        0.5);
    const Index low = std::min(static_cast<Index>(at), from - 1);
    const double share = at - static_cast<double>(low);
    parts[At(i * from + low)] += static_cast<Real>(1 - share);
    parts[At(i * from + std::min(low + 1, from - 1))] +=
        static_cast<Real>(share);
  }
  return parts;
}

// By products with these, along one side after the other.
std::string BilinearToOnnx(const OnnxLayer& layer) {
  const Sides grid = GridOf(layer.node);
  const Sides size = NewSize(layer.node);
  OnnxGraph& graph = layer.graph;
  const Index cols = layer.node.cols;
  const auto parts = [&](const char* name, Index from, Index to) {
    return graph.Numbers(layer.node.name + name, {to, from},
                         BilinearParts(from, to));
  };
  const std::string lines =
      graph.Reshape(layer.x[0], {-1, grid.height, grid.width * cols});
  const std::string high =
      layer.Node("MatMul", {parts("/lines", grid.height, size.height), lines});
  const std::string pixels = graph.Reshape(high, {-1, grid.width, cols});
  const std::string wide =
      layer.Node("MatMul", {parts("/columns", grid.width, size.width), pixels});
  return graph.Reshape(wide, {-1, cols});
}

std::string ResizeToOnnx(const OnnxLayer& layer) {
  return layer.node.Flag("bilinear") ? BilinearToOnnx(layer)
                                     : NearestToOnnx(layer);
}

std::string ResizeToTorch(const TorchLayer& layer) {
  const bool bilinear = layer.node.Flag("bilinear");
  return TorchRows(
      layer,
      Str("F.interpolate(", TorchImages(layer),
          TorchSides("size", NewSize(layer.node)), ", mode=",
          bilinear ? "\"bilinear\", align_corners=False" : "\"nearest\"", ")"));
}

std::string ResizeToKeras(const KerasLayer& layer) {
  const Sides grid = GridOf(layer.node);
  const Sides size = NewSize(layer.node);
  if (size.height % grid.height != 0 || size.width % grid.width != 0) {
    RefuseNode(layer.node, "Keras makes grids larger by whole factors only");
  }
  const char* way = layer.node.Flag("bilinear") ? "bilinear" : "nearest";
  return KerasRows(
      layer, KerasOnImages(layer, "UpSampling2D", KerasImages(layer), size,
                           {{"size", KerasSides({size.height / grid.height,
                                                 size.width / grid.width})},
                            {"interpolation", way}}));
}

// Of each image the channels of a group in one row, which is normalised; scale
// and shift are those of channels.
std::string GroupNormToOnnx(const OnnxLayer& layer) {
  const ExportNode& node = layer.node;
  const Index groups = node.Integer("groups");
  const Sides grid = GridOf(node);
  const auto constant = [&](const char* name, Real value) {
    const std::vector<Real> values(At(groups), value);
    return layer.graph.Numbers(node.name + name, {groups}, values);
  };
  const std::string rows = layer.graph.Reshape(
      OnnxImages(layer), {-1, groups, node.cols / groups * grid.area()});
  const std::string normal =
      layer.Node("InstanceNormalization",
                 {rows, constant("/ones", 1), constant("/zeros", 0)},
                 {{"epsilon", static_cast<float>(node.Number("epsilon"))}});
  const std::string pixels = OnnxRows(
      layer,
      layer.graph.Reshape(normal, {-1, node.cols, grid.height, grid.width}));
  return layer.Node(
      "Add", {layer.Node("Mul", {pixels, layer.Vector(0)}), layer.Vector(1)});
}

std::string GroupNormToTorch(const TorchLayer& layer) {
  const std::string module = layer.Make(
      Str("nn.GroupNorm(", layer.node.Integer("groups"), ", ", layer.node.cols,
          ", eps=", FormatNumber(layer.node.Number("epsilon")), ")"));
  return TorchRows(layer, Str(module, "(", TorchImages(layer), ")"));
}

std::string GroupNormToKeras(const KerasLayer& layer) {
  const ExportNode& node = layer.node;
  std::vector<KerasArray> arrays = {KerasArrayOf(node.params[0], true),
                                    KerasArrayOf(node.params[1], true)};
  return KerasRows(layer, KerasOnImages(layer, "GroupNormalization",
                                        KerasImages(layer), GridOf(node),
                                        {{"groups", node.Integer("groups")},
                                         {"axis", -1},
                                         {"epsilon", node.Number("epsilon")}},
                                        std::move(arrays)));
}

}  // namespace

extern const LayerExport kMaxWindowExport;
const LayerExport kMaxWindowExport = {.name = "max-window",
                                      .onnx = {MaxWindowToOnnx},
                                      .torch = {MaxWindowToTorch},
                                      .keras = {MaxWindowToKeras}};

extern const LayerExport kMeanWindowExport;
const LayerExport kMeanWindowExport = {.name = "mean-window",
                                       .onnx = {MeanWindowToOnnx},
                                       .torch = {MeanWindowToTorch},
                                       .keras = {MeanWindowToKeras}};

extern const LayerExport kResizeExport;
const LayerExport kResizeExport = {.name = "resize",
                                   .onnx = {ResizeToOnnx},
                                   .torch = {ResizeToTorch},
                                   .keras = {ResizeToKeras}};

extern const LayerExport kGroupNormExport;
const LayerExport kGroupNormExport = {.name = "group-norm",
                                      .onnx = {GroupNormToOnnx},
                                      .torch = {GroupNormToTorch},
                                      .keras = {GroupNormToKeras}};

}  // namespace mtlkit
