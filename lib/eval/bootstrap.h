#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/parallel.h"
#include "base/reporter.h"
#include "base/rng.h"
#include "eval/metric.h"

namespace mtlkit {

// What is drawn. Up to kMostRows rows that is each row. Of more, rows are put
// at random into kBlocks blocks, which are drawn whole: the sums over random
// blocks vary as those over rows do, their variance being known to 1 part in
// sqrt(kBlocks / 2) = 45, and a draw costs and keeps one number a block.
class DrawnUnits {
 public:
  static constexpr Index kMostRows = 32768;
  static constexpr Index kBlocks = 4096;

  DrawnUnits(Index rows, Seed seed);

  Index count() const { return is_blocks() ? kBlocks : rows_; }
  bool is_blocks() const { return !block_of_row_.empty(); }
  // Needs is_blocks().
  std::uint16_t BlockOf(Index row) const { return block_of_row_[At(row)]; }

 private:
  Index rows_;
  std::vector<std::uint16_t> block_of_row_;
};

// Metrics of one task, ready to be evaluated under any weights of its rows, or
// of blocks of them.
struct PreparedTask {
  std::vector<double> weights;  // one a row (block)
  std::vector<Index> units;     // which of the drawn units each is
  // [metric][model]; null where the model lacks the task.
  std::vector<std::vector<std::unique_ptr<Metric>>> metrics;
};

// Values of metrics: [task][metric][model], NaN where undefined.
using TaskValues = std::vector<std::vector<double>>;
using ValueTable = std::vector<TaskValues>;

// All metrics of a task with every unit counted `counts[unit]` times; an empty
// `counts` counts each once.
TaskValues Values(const PreparedTask& task,
                  const std::vector<std::uint32_t>& counts);

// The metrics of `draws` samples of `units` units drawn with replacement (Efron
// 1979). Draw i depends on (seed, i) alone. `reporter` (may be null) is told of
// draws where they take long.
std::vector<ValueTable> Bootstrap(const std::vector<PreparedTask>& tasks,
                                  Index units, Index draws, Seed seed,
                                  ThreadPool& pool, Reporter* reporter);

}  // namespace mtlkit
