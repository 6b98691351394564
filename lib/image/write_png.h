#pragma once

#include <string>

#include "image/picture.h"

namespace mtlkit {

// A picture, grey or colours, as PNG; the same picture gives the same bytes.
std::string PngOf(const Picture& picture);

}  // namespace mtlkit
