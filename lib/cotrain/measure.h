#pragma once

#include <vector>

#include "base/parallel.h"
#include "cotrain/publication.h"
#include "cotrain/record.h"
#include "data/dataset.h"
#include "nn/model.h"

namespace mtlkit {

// What a model predicts of rows of the dataset that DatasetFor made for it:
// probabilities, or values in original units, one entry a task.
std::vector<std::vector<float>> PredictTasks(const Model& model,
                                             const Dataset& dataset,
                                             const std::vector<Index>& rows,
                                             ThreadPool* pool);

// The main metric of each task on the validation rows, for the peer's own
// predictions and for their mean with the others' published ones. Tasks
// without a validation label are left out.
std::vector<RoundMeasure> MeasureRound(
    const Dataset& data, const std::vector<Index>& valid_rows,
    const std::vector<std::vector<float>>& own, Index peer,
    const std::vector<Publication>& publications);

}  // namespace mtlkit
