#pragma once

#include "cotrain/run.h"
#include "data/dataset.h"

namespace mtlkit {

// Fills in what is left to the method: whose rows a peer gets ("auto"), and the
// number of epochs (0).
void ResolveRunSpec(RunSpec* spec);

// Checks the settings of a run in rounds: number of peers, views, fields that
// the method does not use, tasks that it can serve. Throws kUsage.
void CheckRunSpec(const RunSpec& spec, const Dataset& data);

}  // namespace mtlkit
