#pragma once

#include <memory>
#include <vector>

#include "eval/prediction_source.h"
#include "text/text_table.h"

namespace mtlkit {

// Predictions as the columns of a text table, one row an id: `id`, then for
// each task what is predicted, as TASK: a number, the name of the likeliest
// class, or for each label TASK.LABEL = 0 or 1 (at probability 1/2). Then the
// probabilities, as TASK.prob of the positive class, or TASK.prob.CLASS; and
// where any label is known TASK.true, as the prediction. Several regression
// columns are TASK.1, TASK.2 ... Rows that a task does not have are missing.
// Predictions are read a piece at a time where rows are put in their order.
std::vector<TextColumn> PredictionColumns(
    const std::shared_ptr<const PredictionSource>& source);

}  // namespace mtlkit
