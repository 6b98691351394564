#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/view.h"
#include "data/dataset.h"
#include "data/input_batch.h"

namespace mtlkit {

// The labels of a batch for one task.
struct TargetBatch {
  // rows x target_cols, of tasks of tokens (HeadTraits::of_tokens) tokens x 1,
  // as of texts that are written: of each token the code that comes behind it;
  // NaN cells are missing. Regression targets are normalised by the task's mean
  // and deviation.
  ConstMatView target;
  // Sample weight of each row (token) times the label's own, in a unit of the
  // task (LabelView::WeightUnit); 0 where no label is.
  std::span<const Real> weight;
  Index labelled = 0;     // rows (tokens) with a weight above 0
  double weight_sum = 0;  // sum of the weights, in row order
  // Of tasks of tokens: where each row's begin, rows + 1 numbers.
  std::span<const Index> row_starts = {};
};

struct Batch {
  Index rows = 0;
  std::span<const Index> row_numbers;  // in the dataset
  std::vector<InputBatch> inputs;
  std::vector<TargetBatch> targets;  // one a task, in the order of tasks,
                                     // or none
  // Of each row (Dataset::groups); empty: there are none.
  std::span<const std::int64_t> groups = {};
};

// What of a batch is gathered: predictions need no labels.
enum class BatchParts { kInputs, kInputsAndTargets };

// Gathers rows of a dataset into blocks that are allocated once. Not
// thread-safe; the dataset must outlive it.
class Batcher {
 public:
  // `capacity`: the largest number of rows of a batch, all different.
  // With kInputs there are no targets, and no label is looked at.
  Batcher(const Dataset& dataset, Index capacity,
          BatchParts parts = BatchParts::kInputsAndTargets);
  ~Batcher();
  Batcher(const Batcher&) = delete;
  Batcher& operator=(const Batcher&) = delete;

  // The batch stays valid until the next call. Allocates nothing. Throws
  // kBadInput where an input holds NaN or infinity, with row and column.
  const Batch& Load(std::span<const Index> rows);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mtlkit
