#pragma once

#include <string>
#include <vector>

#include "nn/network.h"

namespace mtlkit {

// What of a network's numbers is of one task alone: parameters and running
// statistics of layers that no other task reads, and its columns of layers that
// are split by task.
class OwnParts {
 public:
  // Slices that are `frozen` (FrozenSlices) are nobody's.
  OwnParts(const Network& network, const std::vector<bool>& frozen);

  // A slice that learns and serves several tasks; "" if there is none, so that
  // tasks do not touch each other.
  const std::string& shared() const { return shared_; }

  // Copies what is of this task alone.
  void Copy(Index task, const Params& from, Params* to) const;

 private:
  struct Part {
    bool is_buffer = false;
    Index slice = 0;
    ColumnRange columns;
  };
  void AddWeights(const Network& network, const Node& node, Index slice);

  std::string shared_;
  std::vector<std::vector<Part>> parts_;  // one list a task
};

}  // namespace mtlkit
