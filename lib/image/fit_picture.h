#pragma once

#include <string>
#include <string_view>

#include "base/options.h"
#include "image/picture.h"

namespace mtlkit {

// How pictures of any size become rows of one size.
struct PictureFit {
  Index height = 0;  // 0: as they are, which has to be the same for all
  Index width = 0;
  // stretch: both sides to the size; pad: the whole picture in its proportions,
  // the rest black; crop: as large a part of the middle as has the proportions.
  std::string fit = "stretch";
  Index channels = 0;  // 1: grey, 3: colours; 0: as they are
};

// "96x64" is height x width, "96" both. Throws kUsage for others, and for sides
// of more than 4,096 pixels.
void ParsePictureSize(std::string_view text, PictureFit* fit);

// A picture in the size and channels of `fit`. Each side is averaged over the
// pixels that come together, by triangles (bilinear, as wide as a pixel of the
// result), in fixed order, so the bytes are the same everywhere; grey is .299
// red + .587 green + .114 blue (ITU-R BT.601).
Picture Fitted(const Picture& picture, const PictureFit& fit);

// The same of bytes that mean something each: every pixel is the nearest of
// the picture, and `outside` where pad leaves none. Channels stay.
Picture FittedByNearest(const Picture& picture, const PictureFit& fit,
                        std::uint8_t outside);

}  // namespace mtlkit
