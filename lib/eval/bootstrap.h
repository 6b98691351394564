#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "base/reporter.h"
#include "base/rng.h"
#include "eval/metric.h"

namespace mtlkit {

// What is drawn. Up to kMostRows rows that is each row, or each group of rows
// where there are groups, since rows of one depend on each other. Of more, they
// are put at random into kBlocks blocks, which are drawn whole: the sums over
// random blocks vary as those over rows do, their variance being known to 1
// part in sqrt(kBlocks / 2) = 45, and a draw costs and keeps one number a
// block.
class DrawnUnits {
 public:
  static constexpr Index kMostRows = 32768;
  static constexpr Index kBlocks = 4096;

  // `groups`: of each row; empty: there are none.
  DrawnUnits(Index rows, Seed seed,
             const std::vector<std::int64_t>& groups = {});

  Index count() const { return is_blocks() ? kBlocks : units_; }
  bool is_blocks() const { return units_ > kMostRows; }
  Index unit_count() const { return units_; }  // rows or groups
  bool has_groups() const { return !unit_of_row_.empty(); }
  // The row, or the number of its group.
  Index UnitOf(Index row) const {
    return has_groups() ? unit_of_row_[At(row)] : row;
  }
  // Needs is_blocks().
  std::uint16_t BlockOf(Index row) const;

 private:
  std::vector<std::int32_t> unit_of_row_;
  Index units_;
  Rng rng_;
};

// Metrics of one task, ready to be evaluated under any weights of its rows, or
// of blocks of them.
struct PreparedTask {
  std::vector<double> weights;  // one a row (block)
  std::vector<Index> units;     // which of the drawn units each is
  // [metric][model]; null where the model lacks the task.
  std::vector<std::vector<std::unique_ptr<WeightedMetric>>> metrics;

  // Numbers that a draw goes through.
  std::size_t size() const;
};

// Values of metrics: [task][metric][model], NaN where undefined.
using TaskValues = std::vector<std::vector<double>>;
using ValueTable = std::vector<TaskValues>;

// All metrics of a task with every unit counted `counts[unit]` times; an empty
// `counts` counts each once.
TaskValues Values(const PreparedTask& task,
                  const std::vector<std::uint32_t>& counts);

// Draws samples of `units` units with replacement (Efron 1979). Draw i depends
// on (seed, i) alone, so tasks may come in several calls.
class Bootstrap {
 public:
  // `reporter` (may be null) is told of draws where they take long.
  Bootstrap(Index units, Index draws, Seed seed, ThreadPool& pool,
            Reporter* reporter);

  // Adds the metrics of tasks in every draw, behind those that are there.
  // `phase` is what the reporter calls them.
  void Add(const std::vector<PreparedTask>& tasks, const std::string& phase);
  // One table a draw.
  const std::vector<ValueTable>& tables() const { return tables_; }

 private:
  Index units_;
  Seed seed_;
  ThreadPool& pool_;
  Reporter* reporter_;
  std::vector<ValueTable> tables_;
};

}  // namespace mtlkit
