#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nn/model.h"

namespace mtlkit {

// A parameter or a buffer of a layer, with its numbers, which are the model's.
struct ExportArray {
  std::string name;   // in the model: "trunk.0/kernel"
  std::string param;  // in its layer: "kernel"
  ConstMatView values;
};

// A layer in its place, as exports see it.
struct ExportNode {
  std::string name;
  std::string kind;
  std::string params_of;  // the layer whose parameters it uses, or its own name
  std::shared_ptr<const Json> options;  // what the layer describes
  std::vector<Index> input_cols;
  std::vector<Space> input_spaces;
  // Of the first input, if that is a block; kDense else.
  InputKind input_kind = InputKind::kDense;
  Index cols = 0;
  std::vector<ExportArray> params;
  std::vector<ExportArray> buffers;

  // Options by name and type.
  bool Flag(const char* option) const;
  Index Integer(const char* option) const;
  double Number(const char* option) const;
  std::string Text(const char* option) const;
};

ExportNode NodeOf(const Model& model, const Node& node);
std::shared_ptr<const Json> OptionsOf(const Layer& layer);

// "pixel by pixel": how a layer works on rows of a space other than the
// batch's.
std::string_view OneByOne(const Space& space);

// Ends an export that a target cannot hold (kUsage): the reason, naming the
// layer. The target's name is for the caller to put in front.
[[noreturn]] void RefuseNode(const ExportNode& node, std::string_view reason);

}  // namespace mtlkit
