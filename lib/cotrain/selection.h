#pragma once

#include <span>
#include <string>
#include <vector>

#include "cotrain/publication.h"
#include "data/dataset.h"

namespace mtlkit {

// How rows get labels from peers (Blum and Mitchell 1998, for any number of
// classes and peers):
//   shared  every peer proposes, all learn from all proposals;
//   cross   a peer learns from what the others propose;
//   agree   only rows on which all peers predict the same class are proposed.
// A row with two different labels among the proposals is dropped, or has that
// of the first peer, or of the one that is surest (the first of several).
struct SelectionRule {
  std::string labelling = "agree";
  // Proposals of a peer: its most certain rows; one a class, or one for all.
  std::vector<Index> per_class = {1};
  double threshold = 0;           // least probability of a proposal
  std::string conflict = "drop";  // drop, first or confident

  Index PicksOf(Index cls) const {
    return per_class.size() == 1 ? per_class[0] : per_class[At(cls)];
  }
};

// What of a task is labelled on its own: all of it, or of a multi-label task
// one label, which is set (1) or not (0), whatever is known of the others.
struct LabelCell {
  Index task = 0;
  Index col = 0;  // of the task's labels; 0 where these are one class
};
// Those of all tasks, task by task.
std::vector<LabelCell> CellsOf(const Dataset& dataset);
// Whether rows can get labels of a task from peers: its labels are classes.
bool CanBeLabelled(const Task& task);
// Whether its labels are numbers, which networks say in as many columns.
bool IsNumbers(const Task& task);
// Whether it has several labels, each of which is set or not.
bool IsMultilabel(const Task& task);

// The picks of --per-class for each class of a task: N of all, CLASS=N of one,
// the last that fits. Classes that nothing is said of have 1. Of label `col` of
// a multi-label task: of rows without it, and with it (LABEL=N).
std::vector<Index> PicksPerClass(const std::vector<std::string>& texts,
                                 const Task& task, Index col = 0);
// kUsage for a number that is none, and for a class that no task has.
void CheckPerClass(const std::vector<std::string>& texts,
                   const Dataset& dataset);

// What one peer says of one row.
struct Vote {
  Index label = 0;
  double certainty = 0;  // its probability
};
// `prediction`: prediction_cols() values of a task whose label is one class, or
// a multi-label task.
Vote VoteOf(const Task& task, std::span<const float> prediction, Index col = 0);

// What a peer says of the pool: outputs of one task.
struct Opinion {
  Index peer = 0;
  // Probabilities, rows of the pool x classes (binary: of the positive class,
  // one column; multi-label: that each label is set).
  std::vector<float> probabilities;
};

// The new selections for one task, ordered by row, then receiver. `pool` holds
// unlabelled rows, ascending. A pure function: the same opinions in any order
// give the same selections. With `agree` and fewer than two opinions nothing
// is selected: a peer would only follow itself.
std::vector<Selection> SelectExamples(const Task& task, Index task_number,
                                      const std::vector<Index>& pool,
                                      std::vector<Opinion> opinions,
                                      const SelectionRule& rule, Index round,
                                      Index col = 0);

// Why these opinions select nothing, where they do: a phrase.
std::string WhyNothing(const Task& task, const std::vector<Index>& pool,
                       const std::vector<Opinion>& opinions,
                       const SelectionRule& rule, Index col = 0);

// How many unlabelled rows have entered the pool by `round` (0: all): `size`
// before the first selection, which is in round 2, and after each round as many
// as its peers could have taken out, per class and peer: u, then 2p + 2n a
// round (Blum and Mitchell 1998). So rows on which peers disagree cannot fill
// it.
Index RowsDrawn(Index size, Index taken_a_round, Index round);

// The unlabelled training rows that peers may look at in a round: the first
// `drawn` (0: all) in an order that depends on the seed alone, without those
// that have been selected. Ascending.
std::vector<Index> PoolOf(const std::vector<Index>& unlabelled, Index drawn,
                          Seed seed, const std::vector<Selection>& selected,
                          Index task, Index col = 0);

// Those of `rows` that a task is about: all, but for a task with rows of its
// own (Labels::rows).
std::vector<Index> RowsOfTask(const Dataset& dataset, Index task,
                              const std::vector<Index>& rows);

// Of these, those without a label, ascending.
std::vector<Index> UnlabelledRows(const Dataset& dataset, Index task,
                                  const std::vector<Index>& rows);
// The same of one cell: of a multi-label task others may be known.
std::vector<Index> UnlabelledRows(const Dataset& dataset, LabelCell cell,
                                  const std::vector<Index>& rows);
// Those that lack any of a task's labels, ascending.
std::vector<Index> IncompleteRows(const Dataset& dataset, Index task,
                                  const std::vector<Index>& rows);

}  // namespace mtlkit
