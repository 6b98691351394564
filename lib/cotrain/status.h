#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/options.h"
#include "cotrain/record.h"
#include "cotrain/run.h"

namespace mtlkit {

// Where one peer stands.
struct PeerStatus {
  Index peer = 0;
  Index round = -1;                  // newest that is done; -1: none
  std::optional<DoneRecord> record;  // of that round
  std::vector<Index> missing;        // MissingPeers of it
  // A round that was begun and is not done; -1: none.
  Index begun = -1;
};

struct RunStatus {
  RunSpec spec;
  std::vector<PeerStatus> peers;
  std::vector<std::string> strays;  // RunFolder::Strays
};

// Peers whose publications a round did not read though it might have.
std::vector<Index> MissingPeers(const RunFolder& folder, const RunSpec& spec,
                                const DoneRecord& record);

// Reads a run's records. Needs no data.
RunStatus StatusOf(const std::string& path);
// A row a peer: round, age of what it read, its own measure and the
// ensemble's, what it used, what is missing.
std::string RenderText(const RunStatus& status);
Json RenderJson(const RunStatus& status);

// Checks every round of a run that says it is done, that of its start among
// them: sizes and digests of its files, that the publications it read are there
// unchanged and of earlier rounds, that the files are what they should be.
// Merged files must be whole. Returns what does not hold,
// one line each; empty: all is well.
std::vector<std::string> VerifyRun(const std::string& path);

// "peer 1", "peers 1,4".
std::string PeersText(const std::vector<Index>& peers);

struct RunModels {
  std::vector<std::string> paths;
  std::vector<Index> missing;  // peers that have no such model
};

// The model files of the peers' newest rounds, or of round `round`, or of one
// peer: what stands for a run where a model is asked for. Throws kMissingInput
// if none of those has finished such a round.
RunModels ModelsOfRun(const std::string& path, Index peer = -1,
                      Index round = -1);
// "peers 1 and 4 have not finished round 7, and are left out"; "" if none is
// missing.
std::string MissingText(const std::vector<Index>& missing, Index round);
// Whether a path is the folder of a run.
bool IsRun(const std::string& path);

}  // namespace mtlkit
