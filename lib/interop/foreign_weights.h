#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// An array of another framework's model.
struct ForeignArray {
  std::string name;
  std::vector<Index> shape;
  std::vector<Real> values;  // row-major
};

// How a framework keeps the matrix of a dense layer.
enum class MatrixOrder {
  kInputsFirst,   // inputs x outputs, as here: Keras, NumPy, Flax
  kOutputsFirst,  // outputs x inputs: PyTorch
};

// The arrays of a file that another framework wrote.
struct ForeignWeights {
  std::string name;    // of the file, as messages call it
  std::string sha256;  // of its bytes
  MatrixOrder order = MatrixOrder::kInputsFirst;
  std::vector<ForeignArray> arrays;  // by ascending name
  std::string note;  // what its reader is to know beside them, or ""

  // Null where there is none.
  const ForeignArray* Find(std::string_view array) const;
};

// The most that one array may take in its file.
inline constexpr Index kMostArrayBytes = Index{8} << 30;

// What a format makes of the bytes of a file.
struct ForeignContent {
  MatrixOrder order = MatrixOrder::kInputsFirst;
  std::vector<ForeignArray> arrays;
  std::string note = {};
};

// One line of the registry weight_formats.def.
struct WeightFormat {
  std::string_view name;
  std::string_view help;
  // Whether a file that begins so, or holds these members, may be one.
  bool (*matches)(std::string_view bytes);
  // Throws kBadInput without the file's name in front.
  ForeignContent (*read)(std::string_view bytes);
};
std::span<const WeightFormat* const> WeightFormats();

// Reads them by what is in the file, not by its name. Nothing in it is ever
// executed. Throws, with the name in front: kMissingInput; kBadInput where no
// format knows it, it is damaged, names repeat, or a number is not finite.
ForeignWeights ReadForeignWeights(const std::string& path);

}  // namespace mtlkit
