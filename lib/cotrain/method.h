#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/reporter.h"
#include "cotrain/publication.h"
#include "cotrain/run.h"
#include "data/dataset.h"
#include "nn/model.h"
#include "train/loop.h"

namespace mtlkit {

// What a method may look at when it prepares the training of one peer's round.
struct RoundArgs {
  const RunSpec& spec;
  const Dataset& data;                   // of the run
  const std::vector<Index>& train_rows;  // of the run, before they are shared
  Index peer;
  Index round;  // from 1
  bool alone;   // the method reads no other peer (RoundMethod::reads_others)
  // What peers published in earlier rounds: one each at most, by peer number,
  // this peer's own among them from its second round on.
  const std::vector<Publication>& publications;
};

// What a method makes of it.
struct RoundPlan {
  // Parameters to start from; on entry those of the peer's round before.
  Params params;
  // This round starts from the peer's round-0 model instead.
  bool starts_afresh = false;
  std::vector<ExtraLabels> extra_labels;
  std::vector<SoftTargets> soft_targets;
  // All selections so far, published again for the rounds to come.
  std::vector<Selection> selections;
  // What a user should know of this round: why nothing was proposed.
  std::vector<std::string> notes;
};

enum class PublishedRows { kNone, kAll, kUnlabelled };

// A registered way of training peers in rounds through files (methods.def).
// A round is a pure function of the run's settings, the peer's own state and
// the publications that it reads, all of earlier rounds.
struct RoundMethod {
  std::string_view name;
  std::string_view help;
  Index least_peers;
  // Whether peers start from the same parameters: needed where parameters are
  // averaged, harmful where predictions are exchanged.
  bool same_start;
  // Whether a round reads what the other peers published, or its own only.
  bool reads_others;
  // Of CotrainOptions: the fields that it reads, beside those that all do.
  std::vector<std::string_view> fields;
  std::string_view default_rows_by;
  // Passes over the rows in a round, where the user does not say: few where a
  // round goes on from the one before, many where it learns anew from few.
  Index default_epochs;
  // Rows whose predictions are published, beside the validation rows.
  PublishedRows published_rows;
  bool publishes_params;
  void (*plan)(const RoundArgs& args, RoundPlan* plan);
};

std::span<const RoundMethod* const> RoundMethods();
// Throws kUsage for an unknown name; for that of a protocol of one process the
// hint says so.
const RoundMethod& FindRoundMethod(std::string_view name);

// That of a run in rounds; an unknown one is kBadInput, naming run.json.
const RoundMethod& MethodOfRun(const RunFolder& folder, const RunSpec& spec);

// Fills in what is left to the method: whose rows a peer gets ("auto"), and the
// number of epochs (0).
void ResolveRunSpec(RunSpec* spec);

// Checks a run's settings: number of peers, views, fields that the method does
// not use, tasks that it can serve. Throws kUsage.
void CheckRunSpec(const RunSpec& spec, const Dataset& data);

// The training rows of one peer: all, or its part. Parts are disjoint and
// together are all; each has a row, or the number of peers is kUsage.
std::vector<Index> PeerRows(const RunSpec& spec, const Dataset& data,
                            const std::vector<Index>& train_rows, Index peer);

}  // namespace mtlkit
