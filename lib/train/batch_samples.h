#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/view.h"
#include "nn/plan.h"

namespace mtlkit {

// Independent samples of a batch, for weightings that need them
// (WeightingNeeds::samples): of each task, the rows that pull at it, those
// whose gradient is not 0, are dealt to kCount samples in turn. What a sample
// says of the gradient of the whole batch is its own times how many rows there
// are by how many it has. Allocates when built only.
class BatchSamples {
 public:
  static constexpr std::size_t kCount = 3;

  // For the tasks and the capacity of a plan.
  explicit BatchSamples(const Plan& plan);

  // Deals the rows of the last batch, or the tokens where those have labels, of
  // which plan->OutputGradient has the gradients of all.
  void Deal(Plan* plan);
  // Sets plan->OutputGradient to what sample `i` says.
  void Set(std::size_t i, Plan* plan) const;
  // Whether every sample has rows of the task: one a task. Those of few rows
  // are in the last sample first.
  std::span<const std::uint8_t> is_in_all() const { return is_in_all_; }

 private:
  // Of a task.
  struct Pull {
    Index rows = 0;                    // of the last batch
    std::vector<Real> gradient;        // of all rows
    std::vector<std::uint8_t> sample;  // of each row; kCount: in none
    std::size_t counts[kCount] = {};   // of rows
  };

  std::vector<Pull> pulls_;
  std::vector<std::uint8_t> is_in_all_;
};

}  // namespace mtlkit
