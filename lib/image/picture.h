#pragma once

#include <cstdint>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// A decoded image: height x width x channels bytes, rows from the top; one
// channel is grey, three are red, green and blue.
struct Picture {
  Index height = 0;
  Index width = 0;
  Index channels = 0;
  std::vector<std::uint8_t> bytes = {};
};

// What the first bytes of a file say of it.
struct PictureHeader {
  Index height = 0;  // as it is shown: turned as the file says
  Index width = 0;
  Index channels = 0;  // 1 or 3, without transparency
  Index bits = 8;      // of a channel; what is above 8 is cut
  // How to turn it to be shown: EXIF's number, 1 .. 8.
  int orientation = 1;
};

// The most pixels that one may have, so that a header of a few bytes cannot ask
// for all memory.
inline constexpr Index kMostPicturePixels = Index{1} << 26;

// Turned and mirrored as EXIF's `orientation` (TIFF 6.0, tag 274) says that it
// is shown; 1 is as it is.
Picture Turned(Picture picture, int orientation);

}  // namespace mtlkit
