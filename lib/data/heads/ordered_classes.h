// What heads of ordered classes have in common.
#pragma once

#include <algorithm>
#include <cassert>
#include <span>
#include <string>

#include "base/error.h"
#include "base/view.h"
#include "data/task.h"

namespace mtlkit {

inline std::string DescribeOrdered(const Task& task) {
  return Str(task.classes.size(), " classes in order, from '",
             task.classes.front(), "' to '", task.classes.back(), "'");
}

// How many classes the truth is more likely above than not.
template <class T>
Index MedianClass(std::span<const T> row) {
  double higher = 0;
  std::size_t k = row.size() - 1;
  while (k > 0 && higher + static_cast<double>(row[k]) <= 0.5) {
    higher += static_cast<double>(row[k--]);
  }
  return static_cast<Index>(k);
}

// Of probabilities of classes, the shares of all above each but the highest.
inline void SharesAbove(ConstMatView predictions, MatView targets) {
  assert(predictions.cols == targets.cols + 1);
  for (Index row = 0; row < targets.rows; ++row) {
    Real higher = 0;
    for (Index k = targets.cols; k-- > 0;) {
      higher += predictions(row, k + 1);
      targets(row, k) = std::min(higher, Real{1});
    }
  }
}

}  // namespace mtlkit
