#pragma once

#include "base/view.h"
#include "data/dataset.h"
#include "nn/network.h"
#include "nn/plan.h"

namespace mtlkit {

// Options of a plan for batches of up to `rows` rows of a dataset.
PlanOptions PlanFor(const Dataset& dataset, Index rows);

// The same for inference on `rows` rows in all: as many at a time, 1,024 at
// most, as keep the values of the network in 64 MiB, or one. Depends on the
// network and the data alone.
PlanOptions InferencePlanFor(const Network& network, const Dataset& dataset,
                             Index rows);

}  // namespace mtlkit
