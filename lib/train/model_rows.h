#pragma once

#include <span>
#include <vector>

#include "data/dataset.h"
#include "nn/model.h"

namespace mtlkit {

// Rows as a model reads them, a block at a time: those of a raw table go
// through the model's transforms when they are asked for, so that memory does
// not grow with the table. Same rows, same bits, whatever the blocks.
class ModelRows {
 public:
  // Both must outlive it. Throws what DatasetFor throws of the columns.
  ModelRows(const Model& model, const Dataset& dataset);

  // Some rows, and the dataset that they are rows of.
  struct Block {
    const Dataset* data = nullptr;
    std::span<const Index> rows;
  };
  // Ascending rows of the dataset; holds until the next call. Pages of mapped
  // files are let go of when the next block is asked for.
  Block Load(std::span<const Index> rows);

  // Whether all blocks are of one dataset.
  bool is_whole() const { return is_whole_; }
  // Rows of a block that take a bounded memory.
  Index most() const;

 private:
  Dataset Gather(std::span<const Index> rows) const;
  void ForgetLast();

  const Model& model_;
  const Dataset& dataset_;
  bool is_whole_;
  Dataset data_;  // all rows, or those of the block
  std::vector<Index> numbers_;
  Index first_ = 0;  // of the rows that were loaded last
  Index count_ = 0;
};

}  // namespace mtlkit
