#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "nn/archs/parts.h"

namespace mtlkit {

// What CGC and PLE (Tang et al. 2020) have in common.
struct OwnAndShared {
  std::vector<Index> own = {1};
  Index shared = 2;
  double balance = 0;

  void Describe(Fields& fields);
  // Experts of each task of its own. kUsage where `own` fits other tasks.
  std::vector<Index> OwnOf(std::string_view arch, Index tasks) const;
};

// What the tasks' experts and the shared ones of a level read.
struct ExpertStreams {
  NetworkParts::Source shared;
  std::vector<NetworkParts::Source> tasks;
};

struct ExpertLevel {
  std::string prefix;         // of the names of its layers
  std::vector<Index> own;     // experts of each task
  std::vector<Index> widths;  // hidden layers of each expert
  bool is_last = true;        // no level reads what the shared part makes
};

// Adds experts PREFIXown.TASK.0, ..., PREFIXshared.0, ..., and the mixtures
// that the next level reads: of a task its own and the shared ones, weighted
// by PREFIXgate.TASK on the task's stream (Tang et al. 2020, equations 1 to
// 4); of the shared part all of them, by PREFIXshared-gate on the shared stream
// (section 4.2), unless the level is the last.
ExpertStreams AddExpertLevel(const ExpertLevel& level,
                             const OwnAndShared& options,
                             const ExpertStreams& from, NetworkParts* parts);

}  // namespace mtlkit
