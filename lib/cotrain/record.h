#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/view.h"
#include "cotrain/run_folder.h"

namespace mtlkit {

// A publication that a round reads.
struct RoundInput {
  Index peer = 0;
  Index round = 0;
  std::string content_sha256;  // of its publish.h5

  friend bool operator==(const RoundInput&, const RoundInput&) = default;
};

// One number of DONE.json: a metric of a task on the validation rows.
struct RoundMeasure {
  std::string task;
  std::string metric;
  double own = 0;       // of the peer's model alone; NaN if undefined
  double ensemble = 0;  // of its mean with the peers it read; NaN without any
};

// DONE.json: written last, so its presence says that the round is whole.
// Holds nothing that depends on time, host or path.
struct DoneRecord {
  Index peer = 0;
  Index round = 0;
  std::string settings_sha256;  // of run.json
  // Content digest of the peer's own data; "" where all have the run's.
  std::string data_sha256;
  std::string model_file_sha256;
  Index model_bytes = 0;
  std::string publication_file_sha256;  // "" if the round published nothing
  Index publication_bytes = 0;
  std::string publication_content_sha256;
  std::vector<RoundInput> inputs;
  Index rows = 0;       // with something to learn, the proposed ones included
  Index proposed = 0;   // labels that peers proposed
  bool undone = false;  // --guard: the model is that of the round before
  std::vector<RoundMeasure> measures;
  // What a user should know of it: why nothing was proposed.
  std::vector<std::string> notes;
};

// Reads the record of a round and checks sizes and digests of its files
// against it. Absent without DONE.json; kBadInput, naming the file, where
// something does not hold.
std::optional<DoneRecord> ReadDone(const RunFolder& folder, Index peer,
                                   Index round);
// As ReadDone, of the publication only: a peer's model is its own affair, and
// one that is lost stops no other peer.
std::optional<DoneRecord> ReadDonePublication(const RunFolder& folder,
                                              Index peer, Index round);
// As ReadDonePublication, of a round that others read: in a run in rounds each
// but round 0 has published, and a record that says otherwise is kBadInput.
std::optional<DoneRecord> ReadPublished(const RunFolder& folder, Index peer,
                                        Index round);
// As ReadDone, believing DONE.json without reading the files it speaks of.
std::optional<DoneRecord> PeekDone(const RunFolder& folder, Index peer,
                                   Index round);
// Completes the record with sizes and digests of the files and writes it.
void WriteDone(const RunFolder& folder, DoneRecord record);

// inputs.json: the inputs that a round will use, committed before it trains,
// so that the same round run again reads the same, whatever has been published
// since. Absent if there is none.
std::optional<std::vector<RoundInput>> ReadRoundInputs(const RunFolder& folder,
                                                       Index peer, Index round);
void WriteRoundInputs(const RunFolder& folder, Index peer, Index round,
                      const std::vector<RoundInput>& inputs);

}  // namespace mtlkit
