#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// "leaky_re_lu" of "LeakyReLU", as keras.utils.naming has it: what groups of
// layers are called in files of weights.
std::string KerasSnakeCase(std::string_view type);

// Which optional parameters a layer has, as its config says.
struct KerasSwitches {
  bool is_known = false;
  bool has_scale = true;   // of norms: gamma
  bool has_center = true;  // of norms: beta
};

// What Keras calls the `count` weights of a layer of this type (in snake
// case), in the order in which a file numbers them: "kernel", "bias". Empty for
// types that are not known here, or with another number of weights; "" for one
// that can be either of two.
std::vector<std::string> KerasWeightNames(std::string_view type, Index count,
                                          const KerasSwitches& switches = {});

// "dense" of "dense_12".
std::string_view WithoutNumber(std::string_view name);

}  // namespace mtlkit
