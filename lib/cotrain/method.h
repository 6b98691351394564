#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/registry.h"
#include "base/reporter.h"
#include "cotrain/publication.h"
#include "cotrain/run.h"
#include "data/dataset.h"
#include "nn/model.h"
#include "train/loop.h"

namespace mtlkit {

// What a method may look at when it prepares the training of one peer's round.
// Methods that publish parameters look at no rows: a merge has none to show
// where peers have data of their own.
struct RoundArgs {
  const RunSpec& spec;
  const Dataset& data;                   // of the run
  const std::vector<Index>& train_rows;  // of the run, before they are shared
  Index peer;
  Index round;  // from 1
  bool alone;   // the method reads no other peer (RoundTraits)
  // What peers published in earlier rounds: one each at most, by peer number,
  // this peer's own among them from its second round on.
  const std::vector<Publication>& publications;
};

// What a method makes of it.
struct RoundPlan {
  // Parameters to start from; on entry those of the peer's round before.
  Params params;
  // What a merge gives, where it is not `params`: what peers are drawn to.
  std::optional<Params> merged;
  double proximal = 0;  // TrainInputs::proximal of the round
  // Nothing is learned: the model stays as the round before left it.
  bool keeps_model = false;
  // The peer's own labels with other weights: a bootstrap of them.
  std::vector<ExtraLabels> resampled;
  // This round starts from the peer's round-0 model instead.
  bool starts_afresh = false;
  std::vector<ExtraLabels> extra_labels;
  std::vector<SoftTargets> soft_targets;
  // All selections so far, published again for the rounds to come.
  std::vector<Selection> selections;
  // What else this round publishes.
  NamedArrays arrays;
  // What a user should know of this round: why nothing was proposed.
  std::vector<std::string> notes;
};

enum class PublishedRows { kNone, kAll, kUnlabelled };

// A way of training peers in rounds through files. A round is a pure function
// of the run's settings, the peer's own state and the publications that it
// reads, all of earlier rounds.
class RoundMethod {
 public:
  virtual ~RoundMethod() = default;
  virtual void Plan(const RoundArgs& args, RoundPlan* plan) const = 0;
};

// What the rounds of a method are like.
struct RoundTraits {
  Index least_peers = 1;
  // Whether peers start from the same parameters: needed where parameters are
  // averaged, harmful where predictions are exchanged.
  bool same_start = false;
  // Whether a round reads what the other peers published, or its own only.
  bool reads_others = true;
  // Of CotrainOptions: the fields that it reads, beside those that all do.
  std::vector<std::string_view> fields = {};
  std::string_view default_rows_by = "all";
  // Passes over the rows in a round, where the user does not say: few where a
  // round goes on from the one before, many where it learns anew from few.
  Index default_epochs = 10;
  // Rows whose predictions are published, beside the validation rows.
  PublishedRows published_rows = PublishedRows::kNone;
  bool publishes_params = false;
  // Whether what a merge gives is the aggregate of these and no more.
  bool means = false;
  // Whether every round learns from the beginning, and not on from the last.
  bool learns_anew = false;
  // Whether rows get labels of tasks whose labels are classes, so that there
  // must be rows without one.
  bool labels_rows = false;
  // Whether it is numbers instead that rows get.
  bool labels_numbers = false;
  // Whether plans have soft targets: what others say of a row.
  bool gives_soft_targets = false;
};

// A registered method (methods.def); --method NAME[:option=value,...].
struct RoundMethodEntry : RegistryEntry<std::unique_ptr<RoundMethod>>,
                          RoundTraits {};

std::span<const RoundMethodEntry* const> RoundMethodEntries();
// The entry that `method` chooses. Throws kUsage for an unknown name; for that
// of a protocol of one process the hint says so.
const RoundMethodEntry& FindRoundMethod(std::string_view method);
// The method of a run, with its options.
std::unique_ptr<RoundMethod> MakeRoundMethod(const RunSpec& spec);

// That of a run in rounds; an unknown one is kBadInput, naming run.json.
const RoundMethodEntry& MethodOfRun(const RunFolder& folder,
                                    const RunSpec& spec);

}  // namespace mtlkit
