#pragma once

#include <string>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// What a merge made.
struct MergeReport {
  std::string path;
  std::vector<Index> merged;    // peers whose publications went into it
  std::vector<Index> left_out;  // peers without one, or with one too old
  // The peer whose heads the model has, and all else that is not exchanged; -1
  // if everything is the mean.
  Index heads_of = -1;
  // Whether everything that is exchanged is the peers' mean.
  bool is_mean = true;
};

// Merges the newest publications of all peers of a run into one file, without
// those that the next round would find too old: parameters into a model, their
// mean weighted by rows (that of round r begins round r + 1 of federated
// averaging, bit for bit); predictions into a file of predictions, the peers'
// mean. `output` is a path or "-"; empty: the run's merged/rNNNN.h5.
// Independent of the order in which peers published. Where peers average what
// tasks share only, heads are those of the first peer that has published.
// Throws kMissingInput if nobody has published.
MergeReport MergeRun(const std::string& folder, const std::string& data_path,
                     const std::string& output);
// In one line, for people.
std::string RenderText(const MergeReport& report);

}  // namespace mtlkit
