#include "image/picture.h"

#include <algorithm>
#include <utility>

namespace mtlkit {

Picture Turned(Picture picture, int orientation) {
  if (orientation <= 1 || orientation > 8) return picture;
  // The first row and column of what is shown are these sides of what is kept:
  // 2 and 3 mirror columns, 3 and 4 rows, from 5 on rows become columns.
  const bool is_transposed = orientation >= 5;
  const bool mirrors_columns = orientation == 2 || orientation == 3 ||
                               orientation == 7 || orientation == 8;
  const bool mirrors_rows = orientation == 3 || orientation == 4 ||
                            orientation == 6 || orientation == 7;
  Picture shown = {picture.height, picture.width, picture.channels, {}};
  if (is_transposed) std::swap(shown.height, shown.width);
  shown.bytes.resize(picture.bytes.size());
  auto* to = shown.bytes.data();
  for (Index y = 0; y < shown.height; ++y) {
    for (Index x = 0; x < shown.width; ++x) {
      Index row = is_transposed ? x : y;
      Index column = is_transposed ? y : x;
      if (mirrors_rows) row = picture.height - 1 - row;
      if (mirrors_columns) column = picture.width - 1 - column;
      const auto* from = picture.bytes.data() +
                         (row * picture.width + column) * picture.channels;
      to = std::copy_n(from, picture.channels, to);
    }
  }
  return shown;
}

}  // namespace mtlkit
