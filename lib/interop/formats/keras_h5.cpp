// keras-h5: weights of Keras in HDF5, as save_weights("x.weights.h5") of Keras
// 3 and as Keras 2 write them.
#include "base/error.h"
#include "interop/foreign_weights.h"
#include "interop/keras_weights.h"

namespace mtlkit {
namespace {

bool MatchesKerasH5(std::string_view bytes) {
  return bytes.starts_with("\x89HDF\r\n\x1a\n");
}

ForeignContent ReadKerasH5(std::string_view bytes) {
  const ForeignFile file = OpenKerasWeights(bytes);
  const std::vector<KerasPlace> places =
      IsKerasLegacy(file) ? KerasLegacyPlaces(file) : KerasPlaces(file, {});
  Require(!places.empty(), ErrorKind::kBadInput,
          "this HDF5 file has no weights as Keras keeps them",
          "save them with model.save_weights(\"x.weights.h5\"), or give arrays "
          "by name: numpy.savez(\"x.npz\", **arrays)");
  ForeignContent content;
  content.order = MatrixOrder::kInputsFirst;
  content.arrays = ReadKerasArrays(file, places);
  return content;
}

}  // namespace

extern const WeightFormat kKerasHdf5Format;
const WeightFormat kKerasHdf5Format = {
    "keras-h5",
    "weights of Keras (.weights.h5, .h5), dense matrices inputs x outputs",
    MatchesKerasH5, ReadKerasH5};

}  // namespace mtlkit
