#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.h"
#include "data/input_batch.h"

namespace mtlkit {

// Gathers rows of one input block into memory that is allocated once.
class InputLoader {
 public:
  // The dataset and its block must outlive it.
  InputLoader(const Dataset& dataset, const InputBlock& block, Index capacity);

  // Points `input` to the rows, until the next call. Throws kBadInput where
  // one holds NaN or infinity.
  void Load(std::span<const Index> rows, InputBatch* input);

 private:
  void LoadDense(std::span<const Index> rows, InputBatch* input);
  void LoadSparse(std::span<const Index> rows, InputBatch* input);
  void LoadCodes(std::span<const Index> rows, InputBatch* input);
  void LoadImages(std::span<const Index> rows, InputBatch* input);
  void LoadTokens(std::span<const Index> rows, InputBatch* input);
  template <class T>
  void MakeRoom(std::span<const Index> rows, std::vector<T>* memory) const;

  const Dataset& dataset_;
  const InputBlock& block_;
  // Those of another kind are empty.
  std::vector<Real> dense_;
  std::vector<Index> row_starts_;
  std::vector<std::int32_t> indices_;  // or codes
  std::vector<Real> values_;
  std::vector<Real> pixel_values_;  // channels x 256
};

}  // namespace mtlkit
