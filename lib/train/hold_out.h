#pragma once

#include "base/rng.h"
#include "train/train_inputs.h"

namespace mtlkit {

// The same rows, of which a share (above 0, below 1) is for validation: rows of
// a group stay together, and both parts have their share of the classes, and of
// the numbers in bins, of every task, as mtl-prep --stratify '*' deals them out
// (prep/stratify.h). It follows from the rows and `seed`. Needs training rows
// alone; kBadInput where a part would have none.
TrainInputs HeldOut(const TrainInputs& inputs, double share, Seed seed);

// Whether the training rows are of no groups, or of enough that some can be
// held out: four, of which the least is never more than what either part lacks.
bool HasGroupsToHoldOut(const TrainInputs& inputs);

}  // namespace mtlkit
