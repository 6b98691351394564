#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "base/parallel.h"
#include "data/batch.h"
#include "data/dataset.h"
#include "nn/model.h"
#include "nn/plan.h"
#include "nn/plan_size.h"
#include "train/merged_outputs.h"
#include "train/network_outputs.h"

namespace mtlkit {

// Runs a model over the inputs of rows in batches.
class ModelRunner {
 public:
  // `most` rows are given at a time. `dataset` must outlive it.
  ModelRunner(const Model& model, const Dataset& dataset, Index most,
              const std::vector<Value>& keep, ThreadPool* pool)
      : options_(InferencePlanFor(*model.network, dataset, most)),
        plan_(*model.network, WithKept(keep, pool)),
        batcher_(dataset, options_.capacity, BatchParts::kInputs),
        buffers_(model.params.buffers) {
    pass_.weights = &model.params.weights;
    pass_.buffers = &buffers_;  // a pass may write to its own
  }

  // `visit(plan, first, count)` sees each batch.
  template <class Visit>
  void Run(std::span<const Index> rows, Visit&& visit) {
    const Index total = std::ssize(rows);
    for (Index first = 0; first < total; first += options_.capacity) {
      const Index count = std::min(options_.capacity, total - first);
      plan_.Forward(pass_, batcher_.Load(rows.subspan(At(first), At(count))));
      visit(plan_, first, count);
    }
  }

  // Of tasks of tokens one row for each of these; of texts that are written
  // none (TextWriter).
  NetworkOutputs Outputs(std::span<const Task> tasks,
                         std::span<const Index> rows) {
    NetworkOutputs outputs(tasks.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (tasks[i].traits().is_written) continue;
      outputs[i].reserve(rows.size() * At(tasks[i].output_cols()));
    }
    MergedOutputs merged(tasks, plan_.network(), options_.capacity);
    Run(rows, [&](const Plan& plan, Index, Index) {
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        if (tasks[i].traits().is_written) continue;
        const ConstMatView y = merged.Of(plan, static_cast<Index>(i));
        outputs[i].insert(outputs[i].end(), y.data, y.data + y.size());
      }
    });
    return outputs;
  }

 private:
  const PlanOptions& WithKept(const std::vector<Value>& keep,
                              ThreadPool* pool) {
    options_.keep = keep;
    options_.pool = pool;
    return options_;
  }

  PlanOptions options_;
  Plan plan_;
  Batcher batcher_;
  Block buffers_;
  Pass pass_;
};

}  // namespace mtlkit
