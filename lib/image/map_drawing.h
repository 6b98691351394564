#pragma once

#include <cstdint>
#include <span>

#include "data/dataset.h"
#include "image/picture.h"

namespace mtlkit {

struct Colour {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
};
// Of what is true, and of what was predicted.
inline constexpr Colour kTrueColour = {64, 224, 64};
inline constexpr Colour kPredictedColour = {255, 64, 64};

// One image of a block (channels 1 or 3), in colours.
Picture PictureOfRow(const InputBlock& block, Index row);

// Draws the pixels at the edge of what is not the first class: those of a map
// (height x width classes, kVoidPixel for none) beside which another class is.
// Needs a picture in colours of the map's size.
void DrawOutline(std::span<const std::uint8_t> map, const Colour& colour,
                 Picture* picture);

}  // namespace mtlkit
