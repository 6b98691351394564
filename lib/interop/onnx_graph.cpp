#include "interop/onnx_graph.h"

#include <algorithm>
#include <bit>
#include <set>

#include "base/error.h"
#include "base/version.h"

namespace mtlkit {
namespace {

// Numbers of fields, by message of onnx.proto.
namespace tensor_field {
constexpr int kDims = 1;
constexpr int kType = 2;
constexpr int kStrings = 6;
constexpr int kName = 8;
constexpr int kRaw = 9;
}  // namespace tensor_field
namespace node_field {
constexpr int kInput = 1;
constexpr int kOutput = 2;
constexpr int kOperation = 4;
constexpr int kAttribute = 5;
constexpr int kDomain = 7;
}  // namespace node_field
namespace attribute_field {
constexpr int kName = 1;
constexpr int kFloat = 2;
constexpr int kInt = 3;
constexpr int kInts = 8;
constexpr int kStrings = 9;
constexpr int kType = 20;
}  // namespace attribute_field
namespace graph_field {
constexpr int kNode = 1;
constexpr int kName = 2;
constexpr int kConstant = 5;
constexpr int kInput = 11;
constexpr int kOutput = 12;
}  // namespace graph_field
namespace model_field {
constexpr int kIrVersion = 1;
constexpr int kProducer = 2;
constexpr int kProducerVersion = 3;
constexpr int kGraph = 7;
constexpr int kOpset = 8;
constexpr int kMetadata = 14;
}  // namespace model_field

constexpr Index kIrVersion = 8;
constexpr Index kOpset = 17;
constexpr Index kMlOpset = 3;
constexpr Index kMostBytes = (Index{1} << 31) - 1;
constexpr const char* kMlDomain = "ai.onnx.ml";

// The bytes of numbers as ONNX has them, which is as they lie here.
static_assert(std::endian::native == std::endian::little);
template <class T>
std::string RawBytes(std::span<const T> values) {
  return std::string(reinterpret_cast<const char*>(values.data()),
                     values.size_bytes());
}

ProtoMessage AttributeMessage(const OnnxAttribute& attribute) {
  namespace field = attribute_field;
  ProtoMessage message;
  message.Bytes(field::kName, attribute.name);
  Index type = 0;
  if (const auto* number = std::get_if<Index>(&attribute.value)) {
    message.Int(field::kInt, *number);
    type = 2;
  } else if (const auto* real = std::get_if<float>(&attribute.value)) {
    message.Float(field::kFloat, *real);
    type = 1;
  } else if (const auto* numbers =
                 std::get_if<std::vector<Index>>(&attribute.value)) {
    for (const Index each : *numbers) message.Int(field::kInts, each);
    type = 7;
  } else {
    for (const auto& text :
         std::get<std::vector<std::string>>(attribute.value)) {
      message.Bytes(field::kStrings, text);
    }
    type = 8;
  }
  message.Int(field::kType, type);
  return message;
}

ProtoMessage ValueMessage(const std::string& name, OnnxType type,
                          const std::vector<OnnxAxis>& axes) {
  ProtoMessage shape;
  for (const OnnxAxis& axis : axes) {
    ProtoMessage length;
    if (const auto* number = std::get_if<Index>(&axis)) {
      length.Int(1, *number);
    } else {
      length.Bytes(2, std::get<std::string>(axis));
    }
    shape.Message(1, std::move(length));
  }
  ProtoMessage tensor;
  tensor.Int(1, static_cast<Index>(type));
  tensor.Message(2, std::move(shape));
  ProtoMessage value_type;
  value_type.Message(1, std::move(tensor));
  ProtoMessage value;
  value.Bytes(1, name);
  value.Message(2, std::move(value_type));
  return value;
}

ProtoMessage PairMessage(const std::string& key, const std::string& value) {
  ProtoMessage pair;
  pair.Bytes(1, key);
  pair.Bytes(2, value);
  return pair;
}

ProtoMessage OpsetMessage(const std::string& domain, Index version) {
  ProtoMessage opset;
  opset.Bytes(1, domain);
  opset.Int(2, version);
  return opset;
}

}  // namespace

std::string OnnxGraph::Input(std::string_view wanted, OnnxType type,
                             const std::vector<OnnxAxis>& shape,
                             std::vector<std::string> columns) {
  std::string name = names_.Take(wanted);
  inputs_.push_back(
      {name, ValueMessage(name, type, shape), std::move(columns)});
  return name;
}

std::string OnnxGraph::Output(std::string_view wanted, OnnxType type,
                              const std::vector<OnnxAxis>& shape,
                              const std::string& value) {
  std::string name = names_.Take(wanted);
  outputs_.push_back({name, ValueMessage(name, type, shape)});
  ProtoMessage node;
  node.Bytes(node_field::kInput, value);
  node.Bytes(node_field::kOutput, name);
  node.Bytes(node_field::kOperation, "Identity");
  nodes_.push_back({{value}, name, std::move(node)});
  return name;
}

std::string OnnxGraph::Constant(std::string name, OnnxType type,
                                const std::vector<Index>& shape,
                                std::string raw) {
  namespace field = tensor_field;
  ProtoMessage tensor;
  for (const Index length : shape) tensor.Int(field::kDims, length);
  tensor.Int(field::kType, static_cast<Index>(type));
  tensor.Bytes(field::kName, name);
  tensor.Bytes(field::kRaw, std::move(raw));
  constants_.push_back({name, std::move(tensor)});
  return name;
}

std::string OnnxGraph::Numbers(std::string_view wanted,
                               const std::vector<Index>& shape,
                               std::span<const Real> values) {
  const auto made = numbers_.find(wanted);
  if (made != numbers_.end()) return made->second;
  std::string raw;
  if constexpr (sizeof(Real) == sizeof(float)) {
    raw = RawBytes(values);
  } else {
    const std::vector<float> single(values.begin(), values.end());
    raw = RawBytes(std::span<const float>(single));
  }
  std::string name =
      Constant(names_.Take(wanted), OnnxType::kFloat, shape, std::move(raw));
  numbers_.emplace(wanted, name);
  return name;
}

std::string OnnxGraph::Number(double value) {
  std::string& name = single_numbers_[value];
  if (!name.empty()) return name;
  const auto single = static_cast<float>(value);
  name = Constant(names_.Take("number"), OnnxType::kFloat, {},
                  RawBytes(std::span(&single, 1)));
  return name;
}

std::string OnnxGraph::Doubles(const std::vector<Index>& shape,
                               std::span<const double> values) {
  return Constant(names_.Take("numbers"), OnnxType::kDouble, shape,
                  RawBytes(values));
}

std::string OnnxGraph::Integers(const std::vector<Index>& values) {
  std::string& name = integers_[values];
  if (!name.empty()) return name;
  name =
      Constant(names_.Take("integers"), OnnxType::kInt64, {std::ssize(values)},
               RawBytes(std::span<const Index>(values)));
  return name;
}

std::string OnnxGraph::Integer(Index value) {
  std::string& name = single_integers_[value];
  if (!name.empty()) return name;
  name = Constant(names_.Take("integer"), OnnxType::kInt64, {},
                  RawBytes(std::span<const Index>(&value, 1)));
  return name;
}

std::string OnnxGraph::Texts(const std::vector<std::string>& values) {
  namespace field = tensor_field;
  std::string name = names_.Take("texts");
  ProtoMessage tensor;
  tensor.Int(field::kDims, std::ssize(values));
  tensor.Int(field::kType, static_cast<Index>(OnnxType::kString));
  for (const std::string& text : values) tensor.Bytes(field::kStrings, text);
  tensor.Bytes(field::kName, name);
  constants_.push_back({name, std::move(tensor)});
  return name;
}

std::string OnnxGraph::Node(std::string_view operation,
                            const std::vector<std::string>& inputs,
                            const OnnxAttributes& attributes,
                            std::string_view domain, Index outputs) {
  namespace field = node_field;
  has_ml_ = has_ml_ || domain == kMlDomain;
  std::string output = names_.Take(operation);
  ProtoMessage node;
  for (const std::string& input : inputs) node.Bytes(field::kInput, input);
  node.Bytes(field::kOutput, output);
  for (Index i = 1; i < outputs; ++i) {
    node.Bytes(field::kOutput, names_.Take(operation));
  }
  node.Bytes(field::kOperation, std::string(operation));
  for (const OnnxAttribute& attribute : attributes) {
    node.Message(field::kAttribute, AttributeMessage(attribute));
  }
  if (!domain.empty()) node.Bytes(field::kDomain, std::string(domain));
  nodes_.push_back({inputs, output, std::move(node)});
  return output;
}

std::string OnnxGraph::Cast(const std::string& value, OnnxType type) {
  return Node("Cast", {value}, {{"to", static_cast<Index>(type)}});
}

std::string OnnxGraph::Columns(const std::string& value, Index first,
                               Index count) {
  return Node("Slice", {value, Integers({first}), Integers({first + count}),
                        Integers({1})});
}

std::string OnnxGraph::Reshape(const std::string& value,
                               const std::vector<Index>& shape) {
  return Node("Reshape", {value, Integers(shape)});
}

void OnnxGraph::DropUnused() {
  std::set<std::string> needed;
  for (const Place& output : outputs_) needed.insert(output.name);
  std::vector<NodeRecord> kept;
  for (std::size_t i = nodes_.size(); i-- > 0;) {
    if (needed.count(nodes_[i].output) == 0) continue;
    needed.insert(nodes_[i].inputs.begin(), nodes_[i].inputs.end());
    kept.push_back(std::move(nodes_[i]));
  }
  std::reverse(kept.begin(), kept.end());
  nodes_ = std::move(kept);
  const auto is_unused = [&](const Place& place) {
    return needed.count(place.name) == 0;
  };
  std::erase_if(inputs_, is_unused);
  std::erase_if(constants_, is_unused);
}

std::vector<std::pair<std::string, std::vector<std::string>>>
OnnxGraph::inputs() const {
  std::vector<std::pair<std::string, std::vector<std::string>>> inputs;
  for (const Place& input : inputs_) {
    inputs.emplace_back(input.name, input.columns);
  }
  return inputs;
}

ProtoMessage OnnxGraph::Finish(
    const std::vector<std::pair<std::string, std::string>>& metadata) && {
  ProtoMessage graph;
  const auto add = [&](int field, auto& parts) {
    for (auto& part : parts) graph.Message(field, std::move(part.message));
  };
  add(graph_field::kNode, nodes_);
  graph.Bytes(graph_field::kName, "mtlkit");
  add(graph_field::kConstant, constants_);
  add(graph_field::kInput, inputs_);
  add(graph_field::kOutput, outputs_);
  ProtoMessage model;
  model.Int(model_field::kIrVersion, kIrVersion);
  model.Bytes(model_field::kProducer, "mtlkit");
  model.Bytes(model_field::kProducerVersion, MTLKIT_VERSION);
  model.Message(model_field::kGraph, std::move(graph));
  model.Message(model_field::kOpset, OpsetMessage("", kOpset));
  if (has_ml_) {
    model.Message(model_field::kOpset, OpsetMessage(kMlDomain, kMlOpset));
  }
  for (const auto& [key, value] : metadata) {
    model.Message(model_field::kMetadata, PairMessage(key, value));
  }
  Require(model.size() <= kMostBytes, ErrorKind::kUsage,
          Str("the model takes ", model.size() >> 20,
              " MiB, and an ONNX file holds 2048 MiB at most"),
          "export it with --to torch, or train narrower layers");
  return model;
}

}  // namespace mtlkit
