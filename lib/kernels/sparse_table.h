#pragma once

#include <cstdint>

#include "base/view.h"

namespace mtlkit {

// Rows with few nonzeros: row r holds entries starts[r] .. starts[r + 1] - 1.
struct SparseRows {
  const Index* starts = nullptr;  // rows + 1
  const std::int32_t* indices = nullptr;
  const Real* values = nullptr;
  Index rows = 0;
};

struct SparseGradientArgs {
  SparseRows x;
  const Real* dy = nullptr;  // rows x outputs
  Index dy_stride = 0;
  Index outputs = 0;
  Index first_index = 0;  // of dw
  Index index_count = 0;
  Real* dw = nullptr;  // index_count x outputs
  Index dw_stride = 0;
};

struct ScatterArgs {
  const Real* x = nullptr;  // count x cols
  Index x_stride = 0;
  const std::int32_t* rows = nullptr;
  Index rows_stride = 1;
  Index count = 0;
  Index cols = 0;
  Index first_row = 0;  // of table
  Index row_count = 0;
  Real* table = nullptr;  // row_count x cols
  Index table_stride = 0;
};

struct SparseKernels {
  // y = x w + bias (null: none) for sparse x and dense w (cols of x outputs).
  void (*sparse_product)(const SparseRows& x, const Real* w, Index w_stride,
                         Index outputs, const Real* bias, Real* y,
                         Index y_stride) noexcept;
  // dw[index - first_index] += value dy[row], entries in order, for the
  // indices of a range. dw is not cleared.
  void (*sparse_weight_gradient)(const SparseGradientArgs& args) noexcept;
  // out[i] = table[rows[i * rows_stride]]; for embeddings and gathers.
  void (*gather_rows)(const Real* table, Index table_stride,
                      const std::int32_t* rows, Index rows_stride, Index count,
                      Index cols, Real* out, Index out_stride) noexcept;
  // table[rows[i * rows_stride] - first_row] += x[i], i ascending, for the rows
  // of a range; table is not cleared.
  void (*scatter_add_rows)(const ScatterArgs& args) noexcept;
};

}  // namespace mtlkit
