#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "image/fit_picture.h"
#include "image/mask_files.h"

namespace mtlkit {

// Which grey value of a mask is which class.
struct MaskClasses {
  std::vector<std::string> names;
  std::vector<std::uint8_t> values;  // one a name
};

// "background=0,lesion=255" and so on, two classes at least. A value is said
// once. Throws kUsage for others.
MaskClasses ParseMaskClasses(const std::vector<std::string>& texts);

// A byte of a map where nothing is known.
inline constexpr std::uint8_t kVoidPixel = 255;

// The task `mask` (data/heads/map.cpp) of `count` pictures, in the size that
// `fit` gives them, by the nearest pixel. A value that is no class is refused,
// but for 255, which is void where no class has it. Several masks of a picture
// are united: of two classes the later one, any class before void, void before
// the first class. Pixels that `fit` pads are void; a picture without a mask
// has no label. Throws kBadInput naming the file and the value.
struct MaskLabels {
  Task task;
  Labels labels;
};
MaskLabels ReadMasks(const MaskFiles& masks, const MaskClasses& classes,
                     const PictureFit& fit, Index count);

}  // namespace mtlkit
