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
    const auto found =
        std::lower_bound(published->rows.begin(), published->rows.end(), row);
    if (found == published->rows.end() || *found != row) return false;
    const float* values =
        published->values.data() + (found - published->rows.begin()) * cols;
    opinion->probabilities.insert(opinion->probabilities.end(), values,
                                  values + cols);
  }
  return true;
}

// This peer's extra labels among the selections.
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

// New selections of one task, and a note where there are none.
std::vector<Selection> SelectFor(const RoundArgs& args, Index task,
                                 const SelectionRule& rule,
                                 const std::vector<Selection>& before,
                                 std::vector<std::string>* notes) {
  const CotrainOptions& options = args.spec.cotrain;
  const Task& of_task = args.data.tasks[At(task)];
  const auto unlabelled = UnlabelledRows(args.data, task, args.train_rows);
  const Index proposers = args.alone ? 1 : args.spec.peers;
  const Index taken =
      proposers * rule.per_class * static_cast<Index>(of_task.classes.size());
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

void PlanLabelling(const RoundArgs& args, const std::string& labelling,
                   RoundPlan* plan) {
  const CotrainOptions& options = args.spec.cotrain;
  const SelectionRule rule{labelling, options.per_class, options.threshold};
  plan->starts_afresh = true;
  for (const Publication& publication : args.publications) {
    if (publication.peer == args.peer) {
      plan->selections = publication.selections;
    }
  }
  const std::vector<Selection> before = plan->selections;
  for (Index task = 0; task < static_cast<Index>(args.data.tasks.size());
       ++task) {
    if (!CanBeLabelled(args.data.tasks[At(task)])) {
      continue;
    }
    const auto selected = SelectFor(args, task, rule, before, &plan->notes);
    plan->selections.insert(plan->selections.end(), selected.begin(),
                            selected.end());
    ExtraLabels labels = LabelsFor(plan->selections, task, args.peer);
    if (!labels.rows.empty()) plan->extra_labels.push_back(std::move(labels));
  }
}

}  // namespace mtlkit
