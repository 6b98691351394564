#pragma once

#include <string>
#include <vector>

#include "base/view.h"

namespace mtlkit {

class FileReader;
class FileWriter;

// What was measured in some steps of a training (mtl-train --diagnose).
//
// Columns of `steps`: "step" (from 1), "epoch" (from 1), "rate"; "gradient",
// the length of the gradient that the weighting made of those of the tasks,
// before it is clipped; "cosine", the mean over pairs of tasks of the cosine
// between their gradients, and "conflicts", the share of pairs where it is
// below 0; for each task "loss.TASK" (of the batch), "weight.TASK" (what the
// weighting made of it) and "norm.TASK" (the length of its gradient); for each
// layer that mixes experts "entropy.LAYER", the mean over rows of the entropy
// of its gates, as a part of the most that there can be, and
// "load.LAYER.EXPERT" (from 1), the mean of a gate. Gradients are those of the
// tasks' losses, times --task-weight, with respect to the parameters that
// tasks share. NaN: the task was not in the batch, or there was no pair.
struct Diagnostics {
  std::vector<std::string> columns;
  std::vector<double> steps;  // steps x columns
  std::vector<std::string> tasks;
  // Epochs x pairs: the mean over an epoch's measured steps of the cosine of
  // tasks 0 and 1, 0 and 2, ..., 1 and 2, ...; NaN: never in one batch.
  std::vector<double> cosines;

  Index step_count() const;
  Index pair_count() const;
  Index epoch_count() const;  // of cosines
  // Number of a column, or -1.
  Index Find(const std::string& column) const;
  double Step(Index step, Index column) const;
  // 0 <= a, b < tasks; 1 where they are one.
  double Cosine(Index epoch, Index a, Index b) const;
  bool empty() const { return columns.empty(); }
};

// As GROUP/steps, GROUP/cosines, GROUP_columns and GROUP_tasks; nothing is
// written where nothing was measured. Reading throws kBadInput where shapes
// do not fit.
void WriteDiagnostics(FileWriter& file, const Diagnostics& diagnostics,
                      const std::string& group);
Diagnostics ReadDiagnostics(const FileReader& file, const std::string& group);

}  // namespace mtlkit
