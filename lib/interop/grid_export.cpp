#include "interop/grid_export.h"

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace mtlkit {
namespace {

Sides SidesOf(const ExportNode& node, const std::string& what) {
  return {node.Integer((what + "-height").c_str()),
          node.Integer((what + "-width").c_str())};
}

}  // namespace

Sides GridOf(const ExportNode& node) {
  return {node.input_spaces[0].height, node.input_spaces[0].width};
}

Window WindowOf(const ExportNode& node) {
  return {.kernel = SidesOf(node, "kernel"),
          .stride = SidesOf(node, "stride"),
          .padding = SidesOf(node, "padding"),
          .dilation = SidesOf(node, "dilation")};
}

std::string OnnxImages(const OnnxLayer& layer) {
  const Sides grid = GridOf(layer.node);
  const std::string images = layer.graph.Reshape(
      layer.x[0], {-1, grid.height, grid.width, layer.node.input_cols[0]});
  return layer.Node("Transpose", {images},
                    {{"perm", std::vector<Index>{0, 3, 1, 2}}});
}

std::string OnnxRows(const OnnxLayer& layer, const std::string& images) {
  const std::string pixels = layer.Node(
      "Transpose", {images}, {{"perm", std::vector<Index>{0, 2, 3, 1}}});
  return layer.graph.Reshape(pixels, {-1, layer.node.cols});
}

std::string TorchImages(const TorchLayer& layer) {
  const Sides grid = GridOf(layer.node);
  return Str(layer.x[0], ".reshape(-1, ", grid.height, ", ", grid.width, ", ",
             layer.node.input_cols[0], ").permute(0, 3, 1, 2)");
}

std::string TorchRows(const TorchLayer& layer, const std::string& images) {
  return Str(images, ".permute(0, 2, 3, 1).reshape(-1, ", layer.node.cols, ")");
}

std::string KerasImages(const KerasLayer& layer) {
  const Sides grid = GridOf(layer.node);
  const std::vector<Index> shape = {grid.height, grid.width,
                                    layer.node.input_cols[0]};
  return layer.Add("Reshape", {layer.x[0]}, shape, {{"target_shape", shape}},
                   {}, ".images");
}

std::string KerasRows(const KerasLayer& layer, const std::string& images) {
  const std::vector<Index> shape = layer.graph.ShapeOf(images);
  const std::vector<Index> rows = {shape[0] * shape[1], shape[2]};
  return layer.Add("Reshape", {images}, rows, {{"target_shape", rows}}, {},
                   ".pixels");
}

OnnxAttributes OnnxWindow(const Window& window) {
  const auto pair = [](const Sides& sides) {
    return std::vector<Index>{sides.height, sides.width};
  };
  const Sides p = window.padding;
  OnnxAttributes attributes = {
      {"kernel_shape", pair(window.kernel)},
      {"strides", pair(window.stride)},
      {"pads", std::vector<Index>{p.height, p.width, p.height, p.width}}};
  if (window.dilation != Sides{1, 1}) {
    attributes.push_back({"dilations", pair(window.dilation)});
  }
  return attributes;
}

std::string TorchSides(const char* argument, const Sides& sides) {
  return Str(", ", argument, "=(", sides.height, ", ", sides.width, ")");
}

Json KerasSides(const Sides& sides) {
  return Json::array({sides.height, sides.width});
}

std::string KerasPadded(const KerasLayer& layer, const std::string& images,
                        const Sides& padding) {
  if (padding == Sides{0, 0}) return images;
  std::vector<Index> shape = layer.graph.ShapeOf(images);
  shape[0] += 2 * padding.height;
  shape[1] += 2 * padding.width;
  const Json around =
      Json::array({Json::array({padding.height, padding.height}),
                   Json::array({padding.width, padding.width})});
  return layer.Add("ZeroPadding2D", {images}, shape, {{"padding", around}}, {},
                   ".padded");
}

std::string KerasOnImages(const KerasLayer& layer, const std::string& type,
                          const std::string& images, const Sides& made,
                          const Json& options, std::vector<KerasArray> weights,
                          const std::string& suffix) {
  return layer.Add(type, {images}, {made.height, made.width, layer.node.cols},
                   options, std::move(weights), suffix);
}

}  // namespace mtlkit
