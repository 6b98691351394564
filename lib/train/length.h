#pragma once

#include "base/view.h"
#include "train/train_options.h"

namespace mtlkit {

// How long training goes where the options leave it open. An epoch of small
// data is few steps, and what decides is the number of steps: on four sets of
// 217 to 2,694 training rows, 3,000 were within noise of the best wherever the
// weights are chosen on validation rows. Where the last weights are kept, more
// can be worse, and 1,000 were the better compromise.

// `epochs`, or for 0 as many as make the steps above, and at least 30.
Index EpochsOf(const TrainOptions& options, Index steps_per_epoch,
               bool has_validation);

// `patience`, or for -1 a quarter of the epochs, and at least 8.
Index PatienceOf(const TrainOptions& options, Index epochs);

}  // namespace mtlkit
