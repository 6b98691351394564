#pragma once

#include "cotrain/method.h"

namespace mtlkit {

// A peer's extra labels of a task among the selections. `number` is that of
// `task` in the run; cells that were not selected stay as they are.
ExtraLabels LabelsFor(const std::vector<Selection>& selections,
                      const Task& task, Index number, Index peer);
// The same of every task that has any.
void AddLabels(const RoundArgs& args, RoundPlan* plan);
// What the peer of a round published last; null before its first round.
const Publication* OwnPublication(const RoundArgs& args);

// What methods that exchange selected examples do in a round: pool, opinions
// from the publications, new selections by `labelling`, and the extra labels
// of this peer. Training starts afresh from the round-0 model, as in the
// papers: every round fits a new classifier to the labels so far. A task for
// which nothing was proposed gets a note that says why.
void PlanLabelling(const RoundArgs& args, const std::string& labelling,
                   RoundPlan* plan);

}  // namespace mtlkit
