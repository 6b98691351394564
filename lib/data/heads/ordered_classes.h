// What heads of ordered classes have in common.
#pragma once

#include <algorithm>
#include <cassert>
#include <span>
#include <string>

#include "base/error.h"
#include "base/view.h"
#include "data/heads/class_head.h"
#include "data/task.h"

namespace mtlkit {

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

// A head with an output for each class but the highest.
class OrderedHead : public ClassHead {
 public:
  std::string Fault(const Task& task) const override {
    if (task.classes.size() == 1) return " is ordinal and has one class";
    return FaultOfClasses(task, 2);
  }
  std::string Describe(const Task& task) const override {
    return Str(task.classes.size(), " classes in order, from '",
               task.classes.front(), "' to '", task.classes.back(), "'");
  }
  Index output_cols(const Task& task) const override {
    return std::ssize(task.classes) - 1;
  }
  Index prediction_cols(const Task& task) const override {
    return std::ssize(task.classes);
  }
  void TargetsOf(const Task& /*task*/, ConstMatView predictions,
                 MatView targets) const override {
    SharesAbove(predictions, targets);
  }
  bool merges() const override { return true; }
  Index PredictedClass(std::span<const float> row) const override {
    return MedianClass(row);
  }
  Index PredictedClass(std::span<const double> row) const override {
    return MedianClass(row);
  }
  void Reorder(std::span<const Index> order, std::span<const float> from,
               double* to) const override {
    for (const Index at : order) *to++ = static_cast<double>(from[At(at)]);
  }

 protected:
  ~OrderedHead() = default;
};

}  // namespace mtlkit
