#pragma once

#include <span>
#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// Rows [first, first + count) of a block. Dense rows and codes share the
// memory of the block.
InputBlock SliceRows(const InputBlock& block, Index first, Index count);

// The rows named, in that order, copied.
InputBlock GatherRows(const InputBlock& block, std::span<const Index> rows);

// The rows named (ascending) of everything in a dataset: inputs, ids, labels,
// weights, groups and splits. Splits that lose all their rows disappear.
Dataset GatherRows(const Dataset& dataset, std::span<const Index> rows);

// Puts pieces of a block below each other.
class BlockBuilder {
 public:
  // `rows`: how many there will be, to reserve memory for.
  BlockBuilder(const InputSpec& spec, Index rows);
  // Needs a piece of the same spec.
  void Append(const InputBlock& piece);
  InputBlock Finish() &&;

 private:
  InputSpec spec_;
  Index rows_;
  std::vector<float> dense_;
  std::vector<std::int64_t> row_starts_{0};
  std::vector<std::int32_t> indices_;
  std::vector<float> values_;
  std::vector<std::int32_t> codes_;
  std::vector<std::uint8_t> pixels_;
};

// The ids of these rows, in this order; shared where they are all.
RowIds TakeIds(const RowIds& ids, std::span<const Index> rows);

}  // namespace mtlkit
