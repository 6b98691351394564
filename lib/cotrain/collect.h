#pragma once

#include <string>
#include <vector>

#include "base/view.h"
#include "cotrain/run_folder.h"

namespace mtlkit {

// What old rounds of a run no longer need: models, which only their own peer
// goes on from, and publications that no round to come may read. Records stay.
struct CollectReport {
  Index models = 0;
  Index publications = 0;
  Index bytes = 0;
};

// Removes them from all rounds but the newest `keep` of each peer, and round 0.
// Of each round a record gone.json says beforehand what is removed, so that it
// is no damage (mtl-cotrain verify), and that a collection that was killed can
// be done again.
CollectReport CollectRun(const std::string& path, Index keep);
// In one line, for people.
std::string RenderText(const CollectReport& report);

// Whether a file of a round has been collected: "model" or "publication".
bool IsCollected(const RunFolder& folder, Index peer, Index round,
                 const std::string& what);

}  // namespace mtlkit
