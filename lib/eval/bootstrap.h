#pragma once

#include <vector>

#include "base/parallel.h"
#include "base/rng.h"
#include "eval/join.h"
#include "eval/metric.h"

namespace mtlkit {

// Metrics of one task, ready to be evaluated under any weights of its rows.
struct PreparedTask {
  const JoinedTask* task = nullptr;
  // [metric][model]; null where the model lacks the task.
  std::vector<std::vector<std::unique_ptr<Metric>>> metrics;
};

// Values of metrics: [task][metric][model], NaN where undefined.
using ValueTable = std::vector<std::vector<std::vector<double>>>;

// All metrics with every row counted `counts[row]` times; an empty `counts`
// counts each once. `counts` has one entry a joined row.
ValueTable Values(const std::vector<PreparedTask>& tasks,
                  const std::vector<std::uint32_t>& counts);

// The metrics of `draws` samples of `rows` rows drawn with replacement (Efron
// 1979). Draw i depends on (seed, i) alone.
std::vector<ValueTable> Bootstrap(const std::vector<PreparedTask>& tasks,
                                  Index rows, Index draws, Seed seed,
                                  ThreadPool& pool);

}  // namespace mtlkit
