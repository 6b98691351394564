#pragma once

#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "nn/model.h"

namespace mtlkit {

// Networks learn labels less a centre, over a scale: mean and deviation, which
// a few outliers decide. Where a regression task's loss is robust against those
// (Loss::robust), this sets them to the median of the labels in `train_rows`
// (ascending) and to their normalised median absolute deviation, 1.4826 times
// the median distance from it (Huber, "Robust statistics", 1981); where more
// than half of the labels are the same, to 1.2533 times the mean distance.
// Tasks of one --task-per have a median each and one distance. `losses` as in
// TrainOptions.
void ScaleTargets(const Dataset& data, std::span<const Index> train_rows,
                  const std::vector<std::string>& losses, Model* model);

}  // namespace mtlkit
