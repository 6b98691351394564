#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/view.h"
#include "data/dataset.h"

namespace mtlkit {

// The inputs of a batch, one an input block; which members are filled depends
// on the block's kind.
struct InputBatch {
  InputKind kind = InputKind::kDense;
  // rows x features; of images (rows x height x width) x channels, normalised.
  ConstMatView dense;
  // Compressed rows of this batch: row_starts[0] = 0, rows + 1 entries. Of
  // tokens: where each row's begin.
  std::span<const Index> row_starts;
  std::span<const std::int32_t> indices;
  std::span<const Real> values;
  Index sparse_cols = 0;
  // rows x categorical columns, or tokens x 1, each 0 .. number of categories
  // (the last for missing or unseen).
  Mat<const std::int32_t> codes;
};

// The largest numbers of tokens that `rows` different rows of a dataset have
// together, one an input block; 0 for blocks of other kinds.
std::vector<Index> MostTokens(const Dataset& dataset, Index rows);

}  // namespace mtlkit
