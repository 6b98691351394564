#pragma once

#include <string>

#include "base/parallel.h"
#include "cotrain/collaboration.h"
#include "nn/model.h"

namespace mtlkit {

// What a model loses on the rows of --guard, as a part of what the best
// constant predictions lose: lower is better. `view`: the run's data as the
// model reads them (DatasetFor). NaN where nothing can be measured there.
double LossOnGuard(const Collaboration& run, const Dataset& view, Model* model,
                   ThreadPool* pool);

// Whether a round that went from one loss to the other is to be undone: it made
// the peer worse by more than the tolerance, or its loss is not finite. What
// was never measured undoes nothing.
bool DidHarm(double before, double after, double tolerance);

}  // namespace mtlkit
