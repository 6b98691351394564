#pragma once

#include <span>
#include <vector>

#include "base/view.h"
#include "data/dataset.h"
#include "data/task.h"

namespace mtlkit {

// What outputs of a network (rows x task.output_cols()) say: predictions (rows
// x task.prediction_cols()), probabilities or numbers in the labels' units.
// `predictions` may be `outputs` itself where it has as many columns.
void ApplyLink(const Task& task, ConstMatView outputs, MatView predictions);

// The best constant predictions of a task (data/head.h) from its labels in
// `rows` (ascending), each label weighted as in training. Empty where a column
// has no label.
std::vector<double> BestConstants(const Dataset& dataset, Index task,
                                  std::span<const Index> rows);
// The same for a task as its loss wants it (Task::form): dataset.tasks[number]
// with a form.
std::vector<double> BestConstants(const Dataset& dataset, Index number,
                                  const Task& task,
                                  std::span<const Index> rows);

// The output rows (task.output_cols() long) of networks that always say these
// constants. Where there are several, the loss decides which is best.
std::vector<std::vector<Real>> ConstantOutputs(
    const Task& task, std::span<const double> constants);

}  // namespace mtlkit
