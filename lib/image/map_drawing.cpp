#include "image/map_drawing.h"

#include <cassert>

#include "image/read_masks.h"

namespace mtlkit {

Picture PictureOfRow(const InputBlock& block, Index row) {
  Picture picture = {block.height, block.width, 3, {}};
  const auto pixels =
      block.pixels.Part(row * block.row_cells(), block.row_cells());
  picture.bytes.reserve(At(3 * block.height * block.width));
  const Index step = block.cols;
  for (Index at = 0; at < block.row_cells(); at += step) {
    for (Index channel = 0; channel < 3; ++channel) {
      picture.bytes.push_back(pixels[step == 1 ? at : at + channel]);
    }
  }
  return picture;
}

void DrawOutline(std::span<const std::uint8_t> map, const Colour& colour,
                 Picture* picture) {
  assert(picture->channels == 3);
  const Index height = picture->height;
  const Index width = picture->width;
  const auto other = [&](Index y, Index x, std::uint8_t here) {
    const bool is_inside = y >= 0 && y < height && x >= 0 && x < width;
    return is_inside && map[At(y * width + x)] != here;
  };
  for (Index y = 0; y < height; ++y) {
    for (Index x = 0; x < width; ++x) {
      const std::uint8_t here = map[At(y * width + x)];
      if (here == 0 || here == kVoidPixel) continue;
      const bool is_edge = other(y - 1, x, here) || other(y + 1, x, here) ||
                           other(y, x - 1, here) || other(y, x + 1, here);
      if (!is_edge) continue;
      std::uint8_t* pixel = picture->bytes.data() + 3 * (y * width + x);
      pixel[0] = colour.red;
      pixel[1] = colour.green;
      pixel[2] = colour.blue;
    }
  }
}

}  // namespace mtlkit
