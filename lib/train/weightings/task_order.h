#pragma once

#include <algorithm>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

#include "train/gramian_weighting.h"

namespace mtlkit {

// Which tasks a task meets, one after the other, where a method treats pairs.
class TaskOrder {
 public:
  // "random" or "ascending".
  TaskOrder(std::size_t tasks, std::string_view order)
      : random_(order == "random"), order_(tasks), place_(tasks) {}

  void Begin(const PresentTasks& present) {
    std::fill(place_.begin(), place_.end(), Index{-1});
    for (std::size_t i = 0; i < present.tasks.size(); ++i) {
      place_[At(present.tasks[i])] = static_cast<Index>(i);
    }
  }

  // Calls meet(j) for the other present tasks j. The order is drawn among all
  // tasks, so that it does not depend on which are there.
  template <class Meet>
  void ForOthers(const PresentTasks& present, std::size_t i, Meet meet) {
    std::iota(order_.begin(), order_.end(), Index{0});
    if (random_) present.rng->Shuffle(order_, present.tasks[i]);
    for (const Index task : order_) {
      const Index j = place_[At(task)];
      if (j >= 0 && j != static_cast<Index>(i)) meet(j);
    }
  }

 private:
  bool random_;
  std::vector<Index> order_;
  std::vector<Index> place_;  // of a task among the present ones, or -1
};

}  // namespace mtlkit
