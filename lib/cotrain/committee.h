#pragma once

#include <optional>
#include <span>
#include <vector>

#include "cotrain/labelling.h"
#include "cotrain/selection.h"

namespace mtlkit {

// What methods that look at the votes of several peers need of one cell: rows
// with their true labels, and who says what.
class Committee {
 public:
  Committee(const RoundArgs& args, LabelCell cell);

  const Task& task() const { return task_; }
  // Training rows with a label that counts, and those without a label.
  const std::vector<Index>& labelled() const { return labelled_; }
  const std::vector<Index>& unlabelled() const { return unlabelled_; }
  // The class of a labelled row; whether the label is set.
  Index Truth(Index row) const;
  // Those of other peers that say something of the task, by peer number.
  const std::vector<const Publication*>& others() const { return others_; }
  const Publication* own() const { return own_; }

  // Absent where the publication says nothing of the row.
  std::optional<Vote> VoteFor(const Publication& publication, Index row) const;
  // The class that all other peers predict of a row; absent if they differ.
  std::optional<Index> Agreed(Index row) const;

  // A selection of this round for the peer itself.
  Selection Labelled(Index row, Index label) const;

 private:
  const RoundArgs& args_;
  const Task& task_;
  LabelCell cell_;
  std::vector<Index> labelled_;
  std::vector<Index> unlabelled_;
  const Publication* own_;
  std::vector<const Publication*> others_;
};

// The selections of a cell among these.
std::vector<Selection> SelectionsOf(const std::vector<Selection>& selections,
                                    LabelCell cell);

// One number a cell (CellsOf) that a method remembers from round to round, as
// an array of its publications; `first` where there is none yet.
std::vector<double> Remembered(const RoundArgs& args, std::string_view name,
                               double first);
void Remember(std::string_view name, std::vector<double> values,
              NamedArrays* arrays);

}  // namespace mtlkit
