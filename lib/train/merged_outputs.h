#pragma once

#include <span>
#include <vector>

#include "base/view.h"
#include "data/head.h"
#include "data/task.h"
#include "nn/plan.h"

namespace mtlkit {

// One row of outputs for each row of a batch, whoever makes them: where an
// ensemble does (Network::members), those that say the mean of what its members
// say (Head::Merge). Allocates when built only.
class MergedOutputs {
 public:
  // For batches of up to `capacity` rows. `tasks` must outlive it.
  MergedOutputs(std::span<const Task> tasks, const Network& network,
                Index capacity)
      : tasks_(tasks), merged_(tasks.size()) {
    for (std::size_t task = 0; task < tasks.size(); ++task) {
      if (network.members(static_cast<Index>(task)) == 1) continue;
      merged_[task].resize(At(capacity * tasks[task].output_cols()));
    }
  }

  // Of the plan's last batch, until it has another one.
  ConstMatView Of(const Plan& plan, Index task) {
    const ConstMatView outputs = plan.Output(task);
    std::vector<Real>& memory = merged_[At(task)];
    if (memory.empty()) return outputs;
    const Index rows = outputs.rows / plan.network().members(task);
    const MatView merged = {memory.data(), rows, outputs.cols};
    const Task& of = tasks_[At(task)];
    of.head().Merge(of, outputs, merged);
    return merged;
  }

 private:
  std::span<const Task> tasks_;
  std::vector<std::vector<Real>> merged_;  // one a task; empty without members
};

}  // namespace mtlkit
