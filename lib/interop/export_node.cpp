#include "interop/export_node.h"

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace mtlkit {
namespace {

std::vector<ExportArray> ArraysOf(const Block& block,
                                  const std::vector<Index>& slices) {
  std::vector<ExportArray> arrays;
  for (const Index i : slices) {
    const Slice& slice = block.layout().slice(i);
    arrays.push_back({slice.name, slice.spec.name, block.At(i)});
  }
  return arrays;
}

}  // namespace

bool ExportNode::Flag(const char* option) const {
  return options->at(option).get<bool>();
}
Index ExportNode::Integer(const char* option) const {
  return options->at(option).get<Index>();
}
double ExportNode::Number(const char* option) const {
  return options->at(option).get<double>();
}
std::string ExportNode::Text(const char* option) const {
  return options->at(option).get<std::string>();
}

std::shared_ptr<const Json> OptionsOf(const Layer& layer) {
  auto options = std::make_shared<Json>(Json::object());
  JsonWriter writer(options.get(), true);
  layer.Describe(writer);
  return options;
}

ExportNode NodeOf(const Model& model, const Node& node) {
  const Network& network = *model.network;
  ExportNode result;
  result.name = node.name;
  result.kind = std::string(node.layer->kind());
  result.params_of = node.params_of;
  result.options = OptionsOf(*node.layer);
  for (const Value input : node.inputs) {
    const ValueInfo& info = network.info(input);
    result.input_cols.push_back(info.cols);
    result.input_spaces.push_back(info.space);
  }
  result.input_kind = network.info(node.inputs.front()).kind;
  result.cols = network.info(node.output).cols;
  if (!node.params.empty()) {
    result.params = ArraysOf(model.params.weights, node.params);
  }
  if (!node.buffers.empty()) {
    result.buffers = ArraysOf(model.params.buffers, node.buffers);
  }
  return result;
}

std::string_view OneByOne(const Space& space) {
  switch (space.kind) {
    case SpaceKind::kRows:
      return "row by row";
    case SpaceKind::kGrid:
      return "pixel by pixel";
    case SpaceKind::kTokens:
      return "token by token";
    case SpaceKind::kMembers:
      return "for each member of an ensemble";
  }
  return "";
}

void RefuseNode(const ExportNode& node, std::string_view reason) {
  Fail(ErrorKind::kUsage,
       Str("layer '", node.name, "' (", node.kind, ") cannot go in: ", reason),
       "mtl-export --list targets shows where else a model can go");
}

}  // namespace mtlkit
