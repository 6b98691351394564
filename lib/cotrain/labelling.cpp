#include "cotrain/labelling.h"

#include <limits>
#include <map>
#include <utility>

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

// "task 'tags', label 'big'".
std::string CellText(const Task& task, Index col) {
  return Str("task '", task.name, "'",
             IsMultilabel(task) ? Str(", label '", task.classes[At(col)], "'")
                                : std::string());
}

// New selections of one cell, and a note where there are none.
std::vector<Selection> SelectFor(const RoundArgs& args, LabelCell cell,
                                 const SelectionRule& rule,
                                 const std::vector<Selection>& before,
                                 std::vector<std::string>* notes) {
  const CotrainOptions& options = args.spec.cotrain;
  const auto [task, col] = cell;
  const Task& of_task = args.data.tasks[At(task)];
  const auto unlabelled = UnlabelledRows(args.data, cell, args.train_rows);
  const Index proposers = args.alone ? 1 : args.spec.peers;
  Index taken = 0;
  for (const Index picks : rule.per_class) taken += proposers * picks;
  const auto pool =
      PoolOf(unlabelled, RowsDrawn(options.pool, taken, args.round),
             args.spec.seed, before, task, col);
  std::vector<Opinion> opinions;
  for (const Publication& publication : args.publications) {
    Opinion opinion;
    if (OpinionOf(publication, task, of_task.prediction_cols(), pool,
                  &opinion)) {
      opinions.push_back(std::move(opinion));
    }
  }
  auto selected =
      SelectExamples(of_task, task, pool, opinions, rule, args.round, col);
  // Nobody has published anything before the first round.
  if (selected.empty() && !unlabelled.empty() && args.round > 1) {
    notes->push_back(Str("nothing was proposed for ", CellText(of_task, col),
                         ": ", WhyNothing(of_task, pool, opinions, rule, col)));
  }
  return selected;
}

}  // namespace

ExtraLabels LabelsFor(const std::vector<Selection>& selections,
                      const Task& task, Index number, Index peer) {
  std::map<std::pair<Index, Index>, const Selection*> by_cell;
  for (const Selection& selection : selections) {
    if (selection.task == number &&
        (selection.receiver < 0 || selection.receiver == peer)) {
      by_cell.emplace(std::pair(selection.row, selection.col), &selection);
    }
  }
  constexpr float kAsItIs = std::numeric_limits<float>::quiet_NaN();
  const Index cols = task.target_cols();
  ExtraLabels labels;
  labels.task = number;
  for (const auto& [cell, selection] : by_cell) {
    if (labels.rows.empty() || labels.rows.back() != cell.first) {
      labels.rows.push_back(cell.first);
      labels.values.resize(labels.values.size() + At(cols), kAsItIs);
      // Others of a row's labels may have a weight of their own.
      labels.weights.push_back(cols > 1 ? kAsItIs : selection->weight);
    }
    labels.values[labels.values.size() - At(cols - cell.second)] =
        selection->label;
  }
  return labels;
}

void AddLabels(const RoundArgs& args, RoundPlan* plan) {
  for (Index task = 0; task < std::ssize(args.data.tasks); ++task) {
    ExtraLabels labels =
        LabelsFor(plan->selections, args.data.tasks[At(task)], task, args.peer);
    if (!labels.rows.empty()) plan->extra_labels.push_back(std::move(labels));
  }
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
  for (const LabelCell& cell : CellsOf(args.data)) {
    const Task& task = args.data.tasks[At(cell.task)];
    if (!CanBeLabelled(task)) continue;
    rule.per_class = PicksPerClass(options.per_class, task, cell.col);
    const auto selected = SelectFor(args, cell, rule, before, &plan->notes);
    plan->selections.insert(plan->selections.end(), selected.begin(),
                            selected.end());
  }
  AddLabels(args, plan);
}

}  // namespace mtlkit
