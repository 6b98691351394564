#include <algorithm>
#include <map>

#include "cotrain/committee.h"

namespace mtlkit {
namespace {

// Abourayya, Kleesiek, Rao, Ayday, Rao, Webb and Kamp, "Little is enough:
// boosting privacy by sharing only hard labels in federated semi-supervised
// learning", 2024: peers of any kind label the rows that have no label by the
// vote of all, and go on with these and their own labels. A row with as many
// votes for another label is left out.
class FedCt : public RoundMethod {
 public:
  void Plan(const RoundArgs& args, RoundPlan* plan) const override {
    // They are of this round only, and nobody else's: not published.
    RoundPlan voted;
    for (const LabelCell& cell : CellsOf(args.data)) {
      if (!CanBeLabelled(args.data.tasks[At(cell.task)])) continue;
      const Committee committee(args, cell);
      for (const Index row : committee.unlabelled()) {
        const std::optional<Index> label = Winner(args, committee, row);
        if (label) voted.selections.push_back(committee.Labelled(row, *label));
      }
    }
    AddLabels(args, &voted);
    plan->extra_labels = std::move(voted.extra_labels);
  }

 private:
  static std::optional<Index> Winner(const RoundArgs& args,
                                     const Committee& committee, Index row) {
    std::map<Index, Index> votes;
    for (const Publication& publication : args.publications) {
      const std::optional<Vote> vote = committee.VoteFor(publication, row);
      if (vote) votes[vote->label] += 1;
    }
    std::optional<Index> winner;
    Index most = 0;
    for (const auto& [label, count] : votes) {
      if (count == most) winner.reset();
      if (count > most) winner = label;
      most = std::max(most, count);
    }
    return winner;
  }
};

}  // namespace

extern const RoundMethodEntry kFedCt;
const RoundMethodEntry kFedCt = {
    MakeEntry<FedCt>("fedct",
                     "peers of any kind label rows by the vote of all "
                     "(Abourayya et al. 2024)"),
    {.least_peers = 2,
     .default_rows_by = "random",
     .published_rows = PublishedRows::kUnlabelled,
     .labels_rows = true}};

}  // namespace mtlkit
