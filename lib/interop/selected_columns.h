#pragma once

#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// Where the columns of a block come from that a step chose.
struct SelectedColumns {
  Index block = 0;             // its position before the step
  std::vector<Index> columns;  // their positions in it
  // Categorical, for each column: what becomes of the codes 0 .. known (the
  // last is the unknown one), and then of -1, which stays.
  std::vector<std::vector<Index>> codes;
};

// By name, as the transform `select` finds them. Needs every column to be there
// (Transform::Specs says so).
std::vector<SelectedColumns> ColumnsTaken(const std::vector<InputSpec>& before,
                                          const std::vector<InputSpec>& after);

}  // namespace mtlkit
