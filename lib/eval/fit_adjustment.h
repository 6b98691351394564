#pragma once

#include <span>
#include <string>
#include <vector>

#include "data/task.h"

namespace mtlkit {

// Labelled rows of a task with predictions: rows x target_cols labels (NaN
// unknown), rows x prediction_cols predictions, one weight a row.
struct FittedRows {
  const Task* task = nullptr;
  std::vector<float> y;
  std::vector<float> output;
  std::vector<double> weights;

  Index rows() const { return static_cast<Index>(weights.size()); }
};

// The probabilities of one row at a temperature, in place.
void Temper(const Task& task, double temperature, std::span<float> row);

// Mean negative log probability of the truth at a temperature, in nats.
double LogLossAt(const FittedRows& rows, double temperature);
// The temperature, within 1/100 and 100, with the least of these.
double FitTemperature(const FittedRows& rows);

// For each column of predictions the threshold with the largest F1 or, if
// `balanced`, mean of the recalls of set and unset; 1/2 where only one of them
// occurs.
std::vector<double> FitThresholds(const FittedRows& rows, bool balanced);

// How far a prediction is from the truth: |y - p|, or 1 - p_y.
double ConformalScore(const Task& task, std::span<const float> row, float y);
// The number of classes of a set of this bound, or the width.
double ConformalSize(const Task& task, std::span<const float> row,
                     double bound);
// The ceil((n + 1) coverage)-th smallest score; infinite where there is none.
double ConformalBound(std::vector<double> scores, double coverage);

}  // namespace mtlkit
