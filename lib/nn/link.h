#pragma once

#include <span>
#include <vector>

#include "base/view.h"
#include "data/dataset.h"
#include "data/task.h"

namespace mtlkit {

// Outputs of a network (rows x task.output_cols()) as what they stand for, in
// the same shape: binary and multi-label: sigmoid; multi-class: softmax;
// regression: unchanged (normalised units). `values` may be `output` itself.
void ApplyLink(const Task& task, ConstMatView output, MatView values);

// The inverse, up to a constant of each row: logits of probabilities that are
// kept at least 1e-7 from 0 and 1. Regression: unchanged.
void InvertLink(const Task& task, ConstMatView values, MatView output);

// Normalised regression outputs in the original units of the labels, and back.
// Needs a regression task; one without mean and deviation is unchanged.
void ToUnits(const Task& task, MatView values);
void FromUnits(const Task& task, MatView values);

// The best constant predictions of task number `task` from its labels in
// `rows` (ascending), each label weighted as in training: regression: mean of
// each column, then median of each column, in original units; binary and
// multi-class: frequency of each class; multi-label: frequency of each label.
// Empty where a column has no label.
std::vector<double> BestConstants(const Dataset& dataset, Index task,
                                  std::span<const Index> rows);

// The output rows (task.output_cols() long) of networks that always say these
// constants: regression: the means and the medians; else one row. Which of
// them is the better depends on the loss.
std::vector<std::vector<Real>> ConstantOutputs(
    const Task& task, std::span<const double> constants);

}  // namespace mtlkit
