#pragma once

#include <string_view>

namespace mtlkit {

// How a camera says that a picture is to be turned: the tag Orientation, 1 ..
// 8, of a block of EXIF 2.3 ("Exif\0\0" and a TIFF directory). 1 where there is
// none, or the block is no such or damaged: it is a hint, the picture is whole
// without it.
int ExifOrientation(std::string_view block);

}  // namespace mtlkit
