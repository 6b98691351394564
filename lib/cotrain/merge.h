#pragma once

#include <string>

#include "base/view.h"

namespace mtlkit {

// Merges the newest publications of all peers of a run into one file, without
// those that the next round would find too old: parameters into a model, their
// mean weighted by rows (that of round r begins round r + 1 of federated
// averaging, bit for bit); predictions into a file of predictions, the peers'
// mean. `output` is a path or "-"; empty: the run's
// merged/rNNNN.h5. Independent of the order in which peers published. Returns
// where it went. Throws kMissingInput if nobody has published.
std::string MergeRun(const std::string& folder, const std::string& data_path,
                     const std::string& output);

}  // namespace mtlkit
