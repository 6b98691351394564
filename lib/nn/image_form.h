#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// What becomes of the pixels of an image before anything else reads them.
struct ImageForm {
  enum class Kind { kFlatten, kCnn, kUnet };
  Kind kind = Kind::kFlatten;
  // Of a residual network: the channels of each level, which has half the side
  // of the one before it, and the blocks of a level.
  std::vector<Index> widths = {16, 32, 64};
  Index blocks = 1;
  std::string norm = "batch";  // or "group", or "none"
  Index group = 8;             // channels that are normalised together
  std::string pool = "mean";   // of the last pixels; or "max", or "both"
  double dropout = 0;          // of what a U-net says of the whole image
};
// kUsage with `where` in front for a text that is none:
// "cnn:widths=16/32/64,norm=group".
ImageForm ParseImages(std::string_view text, const std::string& where);

}  // namespace mtlkit
