#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "base/reporter.h"
#include "cotrain/method.h"
#include "cotrain/record.h"
#include "cotrain/run.h"
#include "data/dataset.h"
#include "data/seen_rows.h"
#include "train/loop.h"

namespace mtlkit {

// A run in rounds with its data at hand.
struct Collaboration {
  RunFolder folder;
  RunSpec spec;
  Dataset data;
  const RoundMethodEntry* method = nullptr;
  std::vector<Index> train_rows = {};  // of the run, before they are shared
  std::vector<Index> valid_rows = {};
  std::string data_name = {};  // what messages call the data
};

// Opens a run for its rounds; `data_path` says where the data is if it is not
// where run.json says, or where those of a peer are that has its own. Throws
// kUsage for a run of one process.
Collaboration OpenRun(const std::string& folder, const std::string& data_path);
// The same for what needs no rows where peers have data of their own.
Collaboration OpenRunToMerge(const std::string& folder,
                             const std::string& data_path);

// Begins a run: run.json and each peer's round 0, a model with fresh
// parameters or those of another model. `spec.data` is the path as the caller
// sees it; with `own_data` it is only what peers, which have data of their own,
// agree on. Done again with the same settings it completes what is missing;
// with other settings it is kUsage. Throws what CheckRunSpec does.
Collaboration InitRun(const std::string& folder, RunSpec spec,
                      bool own_data = false, Reporter* reporter = nullptr);

// Says which classes the training rows of all peers lack.
void WarnOfClasses(const Dataset& data, std::span<const Index> rows,
                   Reporter* reporter);

// Adds the rows that the models of a run know, directly or from each other: all
// of its training rows, and those that choose weights.
void AddSeen(const Collaboration& run, SeenRows* seen);

struct RoundReport {
  bool already_done = false;
  DoneRecord record;
};

// Runs one round of one peer; `round` < 0 is the one after its newest. A round
// reads publications of earlier rounds only, and which ones is committed to
// inputs.json before it trains, so that a killed round that is run again ends
// with the same bytes. Throws kStopped if too few peers have published or on a
// stop request: run it again.
RoundReport RunRound(const Collaboration& run, Index peer, Index round,
                     const TrainEnvironment& environment);

// Makes a round that is done again, from what it recorded to have read, and
// compares: returns the files of it that would be others now, none if all is
// well. Changes nothing. kUsage for a round that is not done, kBadInput where
// something that it read is not there any more.
std::vector<std::string> ReplayRound(const Collaboration& run, Index peer,
                                     Index round,
                                     const TrainEnvironment& environment);

}  // namespace mtlkit
