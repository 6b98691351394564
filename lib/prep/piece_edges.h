#pragma once

#include <vector>

#include "base/view.h"

namespace mtlkit {

// A value of a column and how many rows have it, or one as good as it.
struct PieceLevel {
  double value = 0;
  double count = 0;
  bool is_heavy = false;
};

// The different values, ascending. Those that are as near as 1e-10 of their
// size are one: the same number calculated elsewhere would fall to the other
// side of an edge between them. None of the values may be NaN.
std::vector<PieceLevel> PieceLevelsOf(std::vector<double> values);

// At most `pieces` + 1 edges from the smallest to the largest value, ascending;
// each level is one where there are no more. Quantiles would fall together
// where one value has most of the rows, as the zeros of an amount, and leave
// the others a piece or two; so such values take one edge each, and the other
// edges divide the other rows evenly. Needs a level and a piece.
std::vector<double> PieceEdges(std::vector<PieceLevel> levels, Index pieces);

}  // namespace mtlkit
