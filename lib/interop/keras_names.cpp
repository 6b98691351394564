#include "interop/keras_names.h"

#include <array>
#include <cctype>

namespace mtlkit {
namespace {

bool IsLower(char c) {
  return std::islower(static_cast<unsigned char>(c)) != 0;
}
bool IsUpper(char c) {
  return std::isupper(static_cast<unsigned char>(c)) != 0;
}

// Types and their weights; those that come last may be switched off.
struct Named {
  std::string_view type;
  std::array<std::string_view, 3> weights;
};

constexpr Named kTypes[] = {
    {"dense", {"kernel", "bias"}},
    {"einsum_dense", {"kernel", "bias"}},
    {"conv1d", {"kernel", "bias"}},
    {"conv2d", {"kernel", "bias"}},
    {"conv3d", {"kernel", "bias"}},
    {"conv1d_transpose", {"kernel", "bias"}},
    {"conv2d_transpose", {"kernel", "bias"}},
    {"conv3d_transpose", {"kernel", "bias"}},
    {"depthwise_conv1d", {"kernel", "bias"}},
    {"depthwise_conv2d", {"kernel", "bias"}},
    {"separable_conv1d", {"depthwise_kernel", "pointwise_kernel", "bias"}},
    {"separable_conv2d", {"depthwise_kernel", "pointwise_kernel", "bias"}},
    {"embedding", {"embeddings"}},
    {"p_re_lu", {"alpha"}},
    {"rms_normalization", {"scale"}},
    // Inside of other layers, by the attribute that they are.
    {"cell", {"kernel", "recurrent_kernel", "bias"}},
    {"query_dense", {"kernel", "bias"}},
    {"key_dense", {"kernel", "bias"}},
    {"value_dense", {"kernel", "bias"}},
    {"output_dense", {"kernel", "bias"}}};

// Of a norm: gamma, beta, then what else it keeps.
std::vector<std::string> NormNames(Index count, Index kept,
                                   const KerasSwitches& switches) {
  std::vector<std::string> names;
  const Index learned = count - kept;
  if (learned < 0 || learned > 2) return {};
  if (learned == 2) {
    names = {"gamma", "beta"};
  } else if (learned == 1) {
    const bool is_sure =
        switches.is_known && switches.has_scale != switches.has_center;
    names = {!is_sure ? "" : switches.has_scale ? "gamma" : "beta"};
  }
  if (kept > 0) {
    names.emplace_back("moving_mean");
    names.emplace_back("moving_variance");
  }
  return names;
}

}  // namespace

std::string KerasSnakeCase(std::string_view type) {
  std::string text;
  for (std::size_t i = 0; i < type.size(); ++i) {
    const bool begins_word =
        IsUpper(type[i]) && i > 0 &&
        (IsLower(type[i - 1]) || (i + 1 < type.size() && IsLower(type[i + 1])));
    if (begins_word) text += '_';
    text +=
        static_cast<char>(std::tolower(static_cast<unsigned char>(type[i])));
  }
  return text;
}

std::vector<std::string> KerasWeightNames(std::string_view type, Index count,
                                          const KerasSwitches& switches) {
  if (type == "batch_normalization") return NormNames(count, 2, switches);
  if (type == "layer_normalization" || type == "group_normalization") {
    return NormNames(count, 0, switches);
  }
  for (const Named& known : kTypes) {
    if (known.type != type) continue;
    std::vector<std::string> names;
    for (const std::string_view weight : known.weights) {
      if (!weight.empty()) names.emplace_back(weight);
    }
    // The bias alone can be missing.
    const Index most = std::ssize(names);
    const bool fits =
        count == most || (count == most - 1 && names.back() == "bias");
    if (!fits) return {};
    names.resize(At(count));
    return names;
  }
  return {};
}

std::string_view WithoutNumber(std::string_view name) {
  const std::size_t last = name.find_last_not_of("0123456789");
  const bool is_numbered = last != std::string_view::npos && last > 0 &&
                           last + 1 < name.size() && name[last] == '_';
  return is_numbered ? name.substr(0, last) : name;
}

}  // namespace mtlkit
