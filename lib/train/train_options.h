#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "base/view.h"
#include "train/optimizer.h"
#include "train/weighting.h"

namespace mtlkit {

// Everything about training that a user can set and that can change a result,
// the network itself apart.
struct TrainOptions {
  OptimizerOptions optimizer;
  std::string schedule = "cosine";  // NAME[:option=value,...]
  WeightingOptions weighting;
  // TASK=NAME[:option=value,...]; tasks that none names have their type's.
  std::vector<std::string> loss;
  Index epochs = 0;  // most passes over the rows; 0: see EpochsOf
  Index batch = 256;
  std::string sampler = "proportional";  // NAME[:option=value,...]
  // Epochs without a better measure before stopping; 0: never, -1: PatienceOf.
  Index patience = -1;
  // Layers that do not learn, by name or pattern (freeze.h).
  std::vector<std::string> freeze;
  std::string select_on = "loss";  // as in select_measure.h
  std::string train_split = "train";
  std::string valid_split = "valid";
  Index fold = -1;  // split foldN is kept out, to be evaluated on; -1: none
  // PATTERN=NUMBER: rates and decays of some layers (slice_terms.h).
  std::vector<std::string> rate_of;
  std::vector<std::string> decay_of;
  std::string average = "none";        // NAME[:option=value,...]
  std::string keep_best = "together";  // or "each-task": best_keeper.h
  // Epochs without a better validation loss of a task before it stops learning;
  // 0: never.
  Index task_patience = 0;
  // Changes of the inputs that are learned from (input_changes.h).
  double mixup = 0;        // alpha; 0: rows are not mixed
  double input_noise = 0;  // deviation
  std::vector<std::string> augment;  // of images (image_changes.h)
  // Measure what tasks do to each other every so many steps (nn/diagnostics.h);
  // 0: never. No bit of the weights depends on it, and so Describe leaves it to
  // the tools that have it.
  Index diagnose = 0;

  void Describe(Fields& field);
};

// Refuses (kUsage) options that ask for validation rows, of which there are
// none.
void RequireNothingToChoose(const TrainOptions& options);

}  // namespace mtlkit
