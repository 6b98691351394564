#include "interop/torch_module.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"
#include "data/block_kind.h"
#include "interop/identifier.h"

namespace mtlkit {
namespace {

// Words of Python, names that the generated file uses, and what an nn.Module
// has: a layer under such a name would be no Python or break the module.
constexpr std::string_view kReserved[] = {
    "False", "None", "True", "and", "as", "assert", "async", "await", "break",
    "case", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
    "match", "nonlocal", "not", "or", "pass", "raise", "return", "try", "type",
    "while", "with", "yield",
    // Of the file.
    "F", "FOLDER", "META", "Model", "TASKS", "CrossStitch", "add_positions",
    "attention", "json", "last_of_rows", "len", "load", "max_of_rows",
    "mean_of_rows", "nn", "os", "self", "sum", "super", "torch", "x", "zip",
    "dict", "classes", "predict", "save", "tensors",
    // Of nn.Module.
    "T_destination", "add_module", "apply", "bfloat16", "buffers",
    "call_super_init", "children", "compile", "cpu", "cuda", "double",
    "dump_patches", "eval", "extra_repr", "float", "forward", "get_buffer",
    "get_extra_state", "get_parameter", "get_submodule", "half", "ipu",
    "load_state_dict", "modules", "mtia", "named_buffers", "named_children",
    "named_modules", "named_parameters", "parameters", "register_backward_hook",
    "register_buffer", "register_forward_hook", "register_forward_pre_hook",
    "register_full_backward_hook", "register_full_backward_pre_hook",
    "register_load_state_dict_post_hook", "register_load_state_dict_pre_hook",
    "register_module", "register_parameter", "register_state_dict_post_hook",
    "register_state_dict_pre_hook", "requires_grad_", "set_extra_state",
    "set_submodule", "share_memory", "state_dict", "to", "to_empty", "train",
    "training", "xpu", "zero_grad"};

// An array as PyTorch wants it: the matrix of a dense layer is turned.
TorchTensor TensorOf(const std::string& attribute, const ExportArray& array,
                     Sides taps) {
  const ConstMatView m = array.values;
  TorchTensor tensor;
  tensor.name = Str(attribute, ".", TorchParameterName(array.param));
  tensor.values.assign(m.flat().begin(), m.flat().end());
  const bool is_kernel = array.param == "kernel";
  const bool is_matrix = m.rows > 1 || array.param.starts_with("table.");
  tensor.shape = {m.cols};
  if (is_matrix) tensor.shape = {m.rows, m.cols};
  if (!is_kernel) return tensor;
  if (taps != Sides{}) {
    tensor.shape = {m.cols, m.rows / taps.area(), taps.height, taps.width};
    tensor.values = OutputsFirst(m, taps.area());
    return tensor;
  }
  tensor.shape = {m.cols, m.rows};
  for (Index row = 0; row < m.rows; ++row) {
    for (Index col = 0; col < m.cols; ++col) {
      tensor.values[At(col * m.rows + row)] = m(row, col);
    }
  }
  return tensor;
}

}  // namespace

std::map<std::string, std::string> TorchModuleNames(const Network& network) {
  UniqueNames unique;
  for (const std::string_view word : kReserved) unique.Take(word);
  std::map<std::string, std::string> names;
  for (const Node& node : network.nodes()) {
    names[node.name] = unique.Take(CleanIdentifier(node.name));
  }
  return names;
}

std::map<std::string, std::string> TorchInputNames(const Model& model) {
  UniqueNames unique;
  for (const auto& [layer, name] : TorchModuleNames(*model.network)) {
    unique.Take(name);
  }
  std::map<std::string, std::string> names;
  for (const InputSpec& input : model.schema.inputs) {
    const std::string clean = "in_" + CleanIdentifier(input.name);
    names[input.name] = unique.Take(clean);
    if (TraitsOf(input.kind).rows == BlockRows::kTokens) {
      names[input.name + ".starts"] = unique.Take(clean + "_starts");
    }
  }
  return names;
}

std::string TorchParameterName(std::string_view param) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6>
      kNames = {{{"kernel", "weight"},
                 {"bias", "bias"},
                 {"scale", "weight"},
                 {"shift", "bias"},
                 {"running_mean", "running_mean"},
                 {"running_variance", "running_var"}}};
  for (const auto& [ours, theirs] : kNames) {
    if (param == ours) return std::string(theirs);
  }
  // "table.3" is the weight of the third of a list of embeddings.
  if (param.starts_with("table.")) return Str(param.substr(6), ".weight");
  return std::string(param);
}

void TorchModule::AddHelper(std::string_view text) {
  if (std::ranges::find(helpers_, text) == helpers_.end()) {
    helpers_.emplace_back(text);
  }
}

std::vector<Real> OutputsFirst(ConstMatView kernel, Index taps) {
  const Index inputs = kernel.rows / taps;
  std::vector<Real> values(At(kernel.size()));
  for (Index row = 0; row < kernel.rows; ++row) {
    for (Index col = 0; col < kernel.cols; ++col) {
      const Index place = (col * inputs + row % inputs) * taps + row / inputs;
      values[At(place)] = kernel(row, col);
    }
  }
  return values;
}

void FromOutputsFirst(std::span<const Real> values, Index taps,
                      MatView kernel) {
  const Index inputs = kernel.rows / taps;
  for (Index row = 0; row < kernel.rows; ++row) {
    for (Index col = 0; col < kernel.cols; ++col) {
      const Index place = (col * inputs + row % inputs) * taps + row / inputs;
      kernel(row, col) = values[At(place)];
    }
  }
}

std::string TorchLayer::Make(const std::string& constructor, Sides taps) const {
  if (is_new) {
    module.AddInit(Str("self.", attribute, " = ", constructor));
    for (const auto* arrays : {&node.params, &node.buffers}) {
      for (const ExportArray& array : *arrays) {
        module.AddTensor(TensorOf(attribute, array, taps));
      }
    }
  }
  return "self." + attribute;
}

std::string TorchLayer::MakeOfBuffers(const std::string& constructor) const {
  module.AddInit(Str("self.", own, " = ", constructor));
  for (const ExportArray& array : node.buffers) {
    module.AddTensor(TensorOf(own, array, {}));
  }
  return "self." + own;
}

}  // namespace mtlkit
