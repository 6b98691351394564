#pragma once

#include "h5/types.h"

namespace mtlkit {

// What is at a path of a file.
struct ArrayInfo {
  bool is_text = false;
  ElementType type = ElementType::kF32;  // of numbers
  Index text_size = 0;                   // bytes of one text
  Shape shape;
  bool is_mappable = false;  // contiguous and uncompressed
  Index stored_bytes = 0;
};

}  // namespace mtlkit
