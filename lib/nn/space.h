#pragma once

#include <span>
#include <string>

#include "base/view.h"

namespace mtlkit {

// What one row of a value is. A pixel is a row, a token is a row, a member of
// an ensemble is a row; so layers that treat rows one by one serve all of them
// unchanged, and only layers of the trait `by_group` know which rows belong to
// the same row of the batch. There is no padding: the tokens of a batch lie one
// behind the other.
enum class SpaceKind {
  kRows,     // a row of the batch
  kGrid,     // a pixel: height x width for each row of the batch
  kTokens,   // a token: as many for each as an input block says
  kMembers,  // `width` for each row of the batch
};

struct Space {
  SpaceKind kind = SpaceKind::kRows;
  Index height = 1;
  Index width = 1;
  Index input = -1;  // kTokens: the block whose tokens they are

  bool is_ragged() const { return kind == SpaceKind::kTokens; }
  // Rows for each row of the batch; not of tokens.
  Index per_row() const { return height * width; }
  friend bool operator==(const Space&, const Space&) = default;
};

// "rows", "a grid of 28 x 32", "tokens", "5 members".
std::string SpaceText(const Space& space);

// Which rows of a value belong to which row of the current batch.
struct Extent {
  Space space;
  std::span<const Index> offsets = {};  // tokens: rows of the batch + 1

  // The first row of batch row `row`, which may be the number of rows.
  Index Begin(Index row) const {
    return space.is_ragged() ? offsets[At(row)] : row * space.per_row();
  }
};

}  // namespace mtlkit
