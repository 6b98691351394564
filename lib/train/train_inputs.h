#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/view.h"
#include "data/dataset.h"
#include "train/train_options.h"

namespace mtlkit {

// Labels of one task for rows that have none of their own, or in place of
// their own: what a peer proposes, for this training only.
struct ExtraLabels {
  Index task = 0;
  std::vector<Index> rows;     // ascending, in the dataset
  std::vector<float> values;   // rows x target_cols; NaN: as it is
  std::vector<float> weights;  // one a row, NaN: as it is; empty: all are
  // Instead of that the rows' labels are taken away. `values` is empty.
  bool hides = false;
};

// What others predict of one task, as targets beside the labels. The term is
//   factor x sum_r weight_r x KL(target_r || prediction_r) / sum_r weight_r
// over the rows of the batch that have a target (regression: squared error).
struct SoftTargets {
  Index task = 0;
  std::vector<Index> rows;     // ascending, in the dataset
  std::vector<float> values;   // rows x output_cols: probabilities, or values
                               // in original units (regression)
  std::vector<float> weights;  // one a row; empty: 1
  double factor = 1;
  double ramp_epochs = 0;  // the factor rises linearly from 0 over these
  // Teacher annealing (Clark et al. 2019): over these epochs the factor falls
  // linearly to 0, and that of the task's labels rises from 0 to 1. 0: neither.
  double fall_epochs = 0;
  // A soft loss with its options, as in Protocol::lesson_loss.
  std::string loss = "distillation";
};

// What is learned from. `data` must outlive the call; it may have inputs and
// tasks that the model does not use. Task numbers are the model's.
struct TrainInputs {
  const Dataset* data = nullptr;
  std::vector<Index> train_rows;  // ascending; may hold rows without labels
  std::vector<Index> valid_rows;  // ascending; empty: no validation
  std::string valid_name;         // the split they came from; "" if none
  // The weights of the last epoch are wanted: no validation rows are missed.
  bool keeps_last = false;
  std::vector<ExtraLabels> extra_labels;
  std::vector<SoftTargets> soft_targets;
  // Adds proximal / 2 x |w - w_0|^2 to the loss of every step, with w_0 the
  // weights where training begins (Li et al. 2020, FedProx). 0: nothing.
  double proximal = 0;
  // Training ends after so many of the epochs that it is laid out for; 0: all.
  Index last_epoch = 0;
};

// The rows of the options' splits (all rows of a dataset without splits are for
// training), without those of the fold that is kept out; without a train split
// a fold's rest is all other folds. Errors (kUsage) are an unknown train split
// or fold, a valid split that is not there, unless it is the default, and one
// split for both.
TrainInputs InputsOf(const Dataset& data, const TrainOptions& options,
                     bool takes_folds = false);

// The training rows that teach something: with a label of some task, proposed
// ones included, or with a soft target. Ascending.
std::vector<Index> RowsToLearnFrom(const TrainInputs& inputs);

// The dataset with the labels of `extra`, one after another, in place of or
// beside its own.
Dataset WithLabels(Dataset data, std::span<const ExtraLabels> extra);

}  // namespace mtlkit
