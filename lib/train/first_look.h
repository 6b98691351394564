#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "base/rng.h"
#include "base/view.h"
#include "data/task.h"

namespace mtlkit {

// Of dropout in the first look, and of what the second changes.
inline Seed SeedOfLook(Seed seed, std::uint64_t look) {
  const auto bits = Rng(seed, RandomPurpose::kPeerSeed, look).Block(0, 0);
  return (Seed{bits[1]} << 32) | bits[0];
}

// What a network said of a batch, and the losses of its rows, before it saw
// what became of the batch. Allocates in Reserve only.
class FirstLook {
 public:
  void Reserve(std::span<const Task> tasks, Index capacity) {
    for (const Task& task : tasks) {
      outputs_.emplace_back(At(capacity * task.output_cols()));
      losses_.emplace_back(At(capacity));
    }
  }

  // Of a task of the batch that is seen next.
  void Keep(Index task, ConstMatView said, std::span<const Real> losses) {
    std::copy_n(said.data, said.size(), outputs_[At(task)].data());
    std::ranges::copy(losses, losses_[At(task)].begin());
    rows_ = said.rows;
    is_next_ = true;
  }
  // The batch itself is seen now.
  void Pass() {
    is_there_ = is_next_;
    is_next_ = false;
  }

  // Whether there was a first look at the batch that was seen last.
  bool is_there() const { return is_there_; }
  ConstMatView Output(Index task, Index cols) const {
    return {outputs_[At(task)].data(), rows_, cols};
  }
  std::span<const Real> Losses(Index task) const {
    return {losses_[At(task)].data(), At(rows_)};
  }

 private:
  std::vector<std::vector<Real>> outputs_;  // one a task
  std::vector<std::vector<Real>> losses_;
  Index rows_ = 0;
  bool is_next_ = false;
  bool is_there_ = false;
};

}  // namespace mtlkit
