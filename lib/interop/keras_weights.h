#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "h5/foreign_file.h"
#include "interop/foreign_weights.h"
#include "interop/keras_config.h"

namespace mtlkit {

// An array in a file of Keras: where it is, and what it is called here.
struct KerasPlace {
  std::string path;
  std::string name;  // LAYER/kernel
};

// A file of weights in memory, whose bytes must outlive it. A small file gets
// little room, whatever it declares.
ForeignFile OpenKerasWeights(std::string_view bytes);

// Weights as Keras 3 keeps them (.weights.h5, also in .keras): groups of layers
// by class and count ("layers/dense_1/vars/0"). Names come from the attribute
// `name` beside the weights (since Keras 3.6); where there is none, from the
// config, whose layers are in the order that Keras counts in; else a layer is
// called as its group. Weights whose meaning its type does not tell are
// LAYER/vars/0. The state of optimisers and of random numbers is passed over.
std::vector<KerasPlace> KerasPlaces(const ForeignFile& file,
                                    const KerasConfig& config);

// Weights as Keras 2 kept them, and model.save("x.h5") still does: a group a
// layer, with the names of its weights.
bool IsKerasLegacy(const ForeignFile& file);
std::vector<KerasPlace> KerasLegacyPlaces(const ForeignFile& file);

// The arrays at these places. kBadInput, naming the array.
std::vector<ForeignArray> ReadKerasArrays(
    const ForeignFile& file, const std::vector<KerasPlace>& places);

}  // namespace mtlkit
