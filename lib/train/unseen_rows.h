#pragma once

#include <span>
#include <vector>

#include "data/dataset.h"
#include "nn/network.h"

namespace mtlkit {

// Rows of embedding tables that no training row reads: those of categories
// that do not occur there, and of values unseen or missing. They have no
// gradient; instead of their random beginnings they get the mean of the rows
// that are trained, each as often as it is read, which is what a network can
// best say of a category that it knows nothing of.
class UnseenRows {
 public:
  // `data` has the network's inputs; `rows` are learned from; slices that are
  // `frozen` (FrozenSlices) stay.
  UnseenRows(const Network& network, const Dataset& data,
             std::span<const Index> rows, const std::vector<bool>& frozen);

  void Fill(Block* weights) const;

 private:
  // How often each row of a table is read.
  struct Table {
    Index slice = 0;
    std::vector<double> times;
  };
  std::vector<Table> tables_;
};

}  // namespace mtlkit
