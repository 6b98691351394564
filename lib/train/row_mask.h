#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/batch.h"
#include "data/dataset.h"

namespace mtlkit {

// Batches without the labels of rows that are not a peer's own, where peers
// with rows of their own see the same batches. Allocates when built only.
class RowMask {
 public:
  // `own`: rows of the dataset. `capacity`: of a batch.
  RowMask(const Dataset& data, std::span<const Index> own, Index capacity);

  // Valid until the next call, as long as `loaded` is.
  const Batch& Apply(const Batch& loaded);

 private:
  std::vector<std::uint8_t> own_row_;       // one a row of the dataset
  std::vector<std::vector<Real>> weights_;  // one a task
  Batch masked_;
};

}  // namespace mtlkit
