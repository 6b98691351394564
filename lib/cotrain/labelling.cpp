#include "cotrain/labelling.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "cotrain/selection.h"

namespace mtlkit {
namespace {

// What a publication says of the pool; absent if it lacks one of its rows.
bool OpinionOf(const Publication& publication, Index task, Index cols,
               const std::vector<Index>& pool, Opinion* opinion) {
  const PublishedTask* published = FindTask(publication, task);
  if (published == nullptr) return false;
  opinion->peer = publication.peer;
  for (const Index row : pool) {
    const std::span<const float> values = PredictionOf(*published, cols, row);
    if (values.empty()) return false;
    opinion->probabilities.insert(opinion->probabilities.end(), values.begin(),
                                  values.end());
  }
  return true;
}

// New selections of one task, and a note where there are none.
std::vector<Selection> SelectFor(const RoundArgs& args, Index task,
                                 const SelectionRule& rule,
                                 const std::vector<Selection>& before,
                                 std::vector<std::string>* notes) {
  const CotrainOptions& options = args.spec.cotrain;
  const Task& of_task = args.data.tasks[At(task)];
  const auto unlabelled = UnlabelledRows(args.data, task, args.train_rows);
  const Index proposers = args.alone ? 1 : args.spec.peers;
  Index taken = 0;
  for (const Index picks : rule.per_class) taken += proposers * picks;
  const auto pool =
      PoolOf(unlabelled, RowsDrawn(options.pool, taken, args.round),
             args.spec.seed, before, task);
  std::vector<Opinion> opinions;
  for (const Publication& publication : args.publications) {
    Opinion opinion;
    if (OpinionOf(publication, task, of_task.prediction_cols(), pool,
                  &opinion)) {
      opinions.push_back(std::move(opinion));
    }
  }
  auto selected =
      SelectExamples(of_task, task, pool, opinions, rule, args.round);
  // Nobody has published anything before the first round.
  if (selected.empty() && !unlabelled.empty() && args.round > 1) {
    notes->push_back(Str("nothing was proposed for task '", of_task.name,
                         "': ", WhyNothing(of_task, pool, opinions, rule)));
  }
  return selected;
}

}  // namespace

ExtraLabels LabelsFor(const std::vector<Selection>& selections, Index task,
                      Index peer) {
  std::map<Index, const Selection*> by_row;
  for (const Selection& selection : selections) {
    if (selection.task == task &&
        (selection.receiver < 0 || selection.receiver == peer)) {
      by_row.emplace(selection.row, &selection);
    }
  }
  ExtraLabels labels;
  labels.task = task;
  for (const auto& [row, selection] : by_row) {
    labels.rows.push_back(row);
    labels.values.push_back(selection->label);
    labels.weights.push_back(selection->weight);
  }
  return labels;
}

const Publication* OwnPublication(const RoundArgs& args) {
  for (const Publication& publication : args.publications) {
    if (publication.peer == args.peer) return &publication;
  }
  return nullptr;
}

void PlanLabelling(const RoundArgs& args, const std::string& labelling,
                   RoundPlan* plan) {
  const CotrainOptions& options = args.spec.cotrain;
  SelectionRule rule{labelling, {}, options.threshold, options.conflict};
  plan->starts_afresh = true;
  if (const Publication* own = OwnPublication(args)) {
    plan->selections = own->selections;
  }
  const std::vector<Selection> before = plan->selections;
  for (Index task = 0; task < static_cast<Index>(args.data.tasks.size());
       ++task) {
    if (!CanBeLabelled(args.data.tasks[At(task)])) {
      continue;
    }
    rule.per_class =
        PicksPerClass(options.per_class, args.data.tasks[At(task)]);
    const auto selected = SelectFor(args, task, rule, before, &plan->notes);
    plan->selections.insert(plan->selections.end(), selected.begin(),
                            selected.end());
    ExtraLabels labels = LabelsFor(plan->selections, task, args.peer);
    if (!labels.rows.empty()) plan->extra_labels.push_back(std::move(labels));
  }
}

}  // namespace mtlkit
