#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/view.h"
#include "data/task.h"

namespace mtlkit {

// Whether there is one for the outputs of a task: not for ordinal ones.
bool HasDivergence(const Task& task);

// KL(p || q) + KL(q || p) of what two networks say of each row, and its
// gradient by the first one's outputs (by the second's: exchange them).
// Multi-class: of the softmax; binary and multi-label: of each sigmoid, the
// mean over labels; regression: of normal distributions with deviation 1 in
// normalised units, which is the squared difference, the mean over columns.
// `gradient` is shaped as the outputs.
void SymmetricDivergence(const Task& task, ConstMatView p, ConstMatView q,
                         std::span<Real> row_values, MatView gradient);

// KL(target || own), KL(own || target), or their sum.
enum class Direction { kForward, kReverse, kBoth };
// The option of that name and what it may be.
Direction DirectionOf(const std::string& text);
std::vector<std::string> DirectionNames();

// What separates the outputs of one network from those of another, which are
// constants, in a direction and, where labels are classes, under a temperature:
// of outputs divided by T, times T^2 if asked for. Values: the squared
// difference, whatever the direction. Allocates in Reserve only.
class PairDivergence {
 public:
  PairDivergence(Direction direction, double temperature, bool scale_by_square)
      : direction_(direction),
        temperature_(temperature),
        scale_by_square_(scale_by_square) {}

  void Reserve(Index rows, Index cols);
  // Adds `share` times the value of each row and its gradient by `own`.
  void Add(const Task& task, ConstMatView own, ConstMatView other, double share,
           std::span<Real> row_values, MatView gradient);

 private:
  ConstMatView Soften(const Task& task, ConstMatView outputs,
                      std::vector<Real>* memory) const;

  Direction direction_;
  double temperature_;
  bool scale_by_square_;
  std::vector<Real> own_;
  std::vector<Real> other_;
  std::vector<Real> target_;
  std::vector<Real> slopes_;
  std::vector<Real> values_;
  std::vector<Real> ones_;
};

}  // namespace mtlkit
