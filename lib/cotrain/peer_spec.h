#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "data/dataset.h"
#include "nn/arch.h"

namespace mtlkit {

// A model whose parameters are where training begins.
struct ModelToBeginFrom {
  std::string path;    // as the caller sees it; "" in a run that was read
  std::string sha256;  // its content; "": there is none
};

// What one peer is, where it differs from the settings of the run. Where it
// begins follows from its seed (RunSpec::SeedOf) and the method, or it is
// another model (beginnings.h).
struct PeerSpec {
  std::string arch;                 // NAME[:option=value,...]; "": the run's
  std::vector<std::string> layers;  // empty: the run's
  // Its view: input blocks by name or pattern; empty: the run's.
  std::vector<std::string> inputs;
  std::vector<std::string> tasks;  // by name or pattern; empty: all
  std::string rows;                // split that it learns from; "": the run's
  Index seed = -1;                 // of what is random in it; -1: the run's
  ModelToBeginFrom from;           // "": the run's

  void Describe(Fields& fields);
  bool IsDefault() const;
  // What messages call peer number `peer`, by what it was given.
  std::string Name(Index peer) const;
  ArchOptions ArchOf(ArchOptions of_run) const;
  // Demands that patterns of tasks and the split are there: kUsage with the
  // known names.
  void Check(const Dataset& data, Index peer) const;
  // The numbers of its tasks, ascending.
  std::vector<Index> TasksOf(const Dataset& data) const;
  // The names of the others.
  std::vector<std::string> AbsentTasks(const Dataset& data) const;
  // The dataset with its tasks only.
  Dataset DataOf(const Dataset& data) const;
};

// What is said of single peers on the command line: PEER:NAME=VALUE[:...] with
// any of its settings, or one of them as PEER=VALUE.
struct PeerFlags {
  std::vector<std::string> peer;
  std::vector<std::string> view;
  std::vector<std::string> arch;
  std::vector<std::string> layers;
  std::vector<std::string> tasks;
  std::vector<std::string> rows;
  std::vector<std::string> from;

  void Describe(Fields& fields);
  // One a peer, or none where nothing is said of any. kUsage for what is not of
  // these forms, for an unknown peer or setting, for a setting that is said
  // twice, and where some peers but not all have a view.
  std::vector<PeerSpec> Parse(Index peers) const;
};

}  // namespace mtlkit
