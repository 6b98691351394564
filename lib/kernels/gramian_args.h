#pragma once

#include "base/view.h"

namespace mtlkit {

// Packed weights come in panels of this many columns, on every level.
inline constexpr Index kPanelCols = 32;
// A good number of rows for one tile of a thread pool.
inline constexpr Index kRowBlock = 96;
// Elements of scratch that one call of weight_gradient needs; one a thread.
inline constexpr Index kWeightGradientScratch = 32768;
// The most rows of a weight (inputs) that one call of gramian may take.
inline constexpr Index kGramianInputs = 96;

// Consecutive rows.
struct RowRange {
  Index first = 0;
  Index count = 0;

  Index end() const { return first + count; }
};

// Elements of scratch of one call of gramian.
constexpr Index GramianScratch(Index lanes) {
  return lanes * kGramianInputs * kPanelCols + kWeightGradientScratch;
}

// gram[i * lanes + j] += <X^T DY_i, X^T DY_j>, without keeping any of the
// gradients. Call it for one block of at most kGramianInputs inputs (advance
// x) at a time; the sums of blocks are added to gram one after another, so
// call in a fixed order, or give each block a gram of its own and add those.
struct GramianArgs {
  const Real* x = nullptr;  // rows x inputs
  Index x_stride = 0;
  const Real* dy = nullptr;  // lane k starts at dy + k * lane_stride
  Index dy_stride = 0;
  Index lane_stride = 0;
  Index lanes = 0;
  Index rows = 0;
  Index inputs = 0;  // <= kGramianInputs
  Index outputs = 0;
  double* gram = nullptr;   // lanes x lanes, symmetric
  Real* scratch = nullptr;  // GramianScratch(lanes) elements
};

// The same sum over rows of the batch in place of inputs: with S = X X^T,
// gram[i * lanes + j] += <DY_i, S DY_j>, of which a call takes the rows
// [first_row, first_row + row_count). Cheaper where rows < inputs
// (RowGramianPays), by sum(X X^T o DY_i DY_j^T) = <X^T DY_i, X^T DY_j>.
struct RowGramianArgs {
  const Real* x = nullptr;  // rows x inputs
  Index x_stride = 0;
  const Real* dy = nullptr;  // lane k starts at dy + k * lane_stride
  Index dy_stride = 0;
  Index lane_stride = 0;
  Index lanes = 0;
  Index rows = 0;
  Index inputs = 0;
  Index outputs = 0;
  Index first_row = 0;
  Index row_count = 0;
  double* gram = nullptr;   // lanes x lanes, symmetric
  Real* scratch = nullptr;  // RowGramianScratch(...) elements
};

// Elements of scratch of one call of row_gramian.
constexpr Index RowGramianScratch(Index lanes, Index rows, Index inputs,
                                  Index row_count) {
  const Index panel = kPanelCols * (rows > inputs ? rows : inputs);
  return row_count * rows + 2 * lanes * row_count * kPanelCols + panel;
}
// Whether row_gramian needs fewer operations than gramian.
constexpr bool RowGramianPays(Index lanes, Index rows, Index inputs,
                              Index outputs) {
  return rows * (inputs + lanes * outputs) < lanes * inputs * outputs;
}

// The same where no row has gradients in more than one lane: a single dy, of
// which lane i has the rows lane_rows[i]. Summed over pairs of rows,
// gram[i * lanes + j] += <x_r, x_s> <dy_r, dy_s> over rows r of lane i and s of
// lane j, of which a call takes those where the smaller of r and s is in
// [first_row, first_row + row_count).
struct LaneRowGramianArgs {
  const Real* x = nullptr;  // rows x inputs
  Index x_stride = 0;
  const Real* dy = nullptr;  // rows x outputs
  Index dy_stride = 0;
  Index rows = 0;
  Index inputs = 0;
  Index outputs = 0;
  // Apart and ascending, but for empty ones; rows in none count nowhere.
  const RowRange* lane_rows = nullptr;
  Index lanes = 0;
  Index first_row = 0;
  Index row_count = 0;
  double* gram = nullptr;   // lanes x lanes, symmetric
  Real* scratch = nullptr;  // LaneRowGramianScratch(...) elements
};

// Elements of scratch of one call of lane_row_gramian.
constexpr Index LaneRowGramianScratch(Index rows, Index inputs, Index outputs,
                                      Index row_count) {
  return 2 * row_count * rows +
         kPanelCols * (inputs > outputs ? inputs : outputs);
}
// Whether lane_row_gramian needs fewer operations than making the gradients.
constexpr bool LaneRowGramianPays(Index lanes, Index rows, Index inputs,
                                  Index outputs) {
  return rows * rows * (inputs + outputs) <
         (2 * rows + lanes * lanes) * inputs * outputs;
}

}  // namespace mtlkit
