#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "eval/metric.h"

namespace mtlkit {

// Weighted counts of true against predicted classes.
struct Confusion {
  // One more than `known` where some rows have a class that the model does not
  // know: it is the last, and never predicted.
  Index classes = 0;
  Index known = 0;
  std::vector<double> cells;  // classes x classes; row: truth, col: predicted

  double At(Index truth, Index predicted) const {
    return cells[static_cast<std::size_t>(truth * classes + predicted)];
  }
  double Truth(Index label) const;      // sum of a row
  double Predicted(Index label) const;  // sum of a column
  double Total() const;
  // How many classes in order lie between the two; an unknown class is as far
  // away as a known one can be.
  double Distance(Index truth, Index predicted) const;
};

// F1 of one class, 2 tp / (true + predicted); 0 where both are 0.
double ClassF1(const Confusion& confusion, Index label);

// The predicted class of a row, as the head says.
Index PredictedClass(const MetricRows& rows, Index row);

// A metric that is a function of the confusion matrix (binary, multi-class).
std::unique_ptr<Metric> FromConfusion(const MetricRows& rows,
                                      double (*measure)(const Confusion&));

// Its counterpart for multi-label tasks: one 2 x 2 matrix a label, a label
// being predicted where its probability is above 1/2; missing cells left out.
std::unique_ptr<Metric> FromLabelConfusions(
    const MetricRows& rows,
    double (*measure)(std::span<const Confusion> labels));

}  // namespace mtlkit
