#pragma once

#include <functional>
#include <string>
#include <vector>

#include "train/loop.h"

namespace mtlkit {

// Training twice: first with rows kept out, to see how long is best; then anew,
// from the same seed, on all rows for that long.
struct RefitOptions {
  std::string refit = "none";  // or "valid", "folds"
};

// A fresh model for these training rows.
using ModelMaker = std::function<Model(const std::vector<Index>& train_rows)>;

// Refuses (kUsage), before anything is trained, what FindLength would refuse:
// rows or folds that are not there, and options that look at validation rows
// during training, which one on all rows has none of. "none" is never refused.
void CheckRefit(const RefitOptions& refit, const TrainInputs& inputs,
                const TrainOptions& options);

// The files that such a training keeps its states in, beside `checkpoint`.
std::vector<std::string> RefitCheckpoints(const RefitOptions& refit,
                                          const TrainInputs& inputs,
                                          const std::string& checkpoint);

// How long a training on all rows goes.
struct RefitLength {
  Index epochs = 0;
  Index of = 0;     // that the schedule is laid out for
  double best = 0;  // the measure there
  std::string selected_on;
  std::string selected_split;
};

// The length that is best. `valid`: that of the epoch with the best score on
// the validation rows. `folds`: every fold of the training rows is kept out
// once, for all the epochs, and the length is that of the epoch with the lowest
// mean of their scores.
//
// Throws what CheckRefit throws; kBadInput where nothing can be measured.
RefitLength FindLength(const RefitOptions& refit, const TrainInputs& inputs,
                       const TrainOptions& options, Seed seed,
                       const TrainEnvironment& environment,
                       const ModelMaker& make);
// The same of a model that was trained with these options, and its validation
// rows.
RefitLength LengthOf(const Model& model, const TrainInputs& inputs,
                     const TrainOptions& options, const ModelMaker& make);

// Tells the user.
void SayLength(const RefitLength& length, const TrainInputs& inputs,
               const TrainEnvironment& environment);

// A model of all rows. The schedule is laid out for as many epochs as in the
// search, and training ends after the length found, so that it goes the same
// way as far as it goes. The model's log is that of this training; its `best`
// and `selected_on` say what chose the length.
Model TrainOnAllRows(const RefitOptions& refit, const RefitLength& length,
                     const TrainInputs& inputs, const TrainOptions& options,
                     Seed seed, const TrainEnvironment& environment,
                     const ModelMaker& make);

// Both, one after the other.
Model TrainRefit(const RefitOptions& refit, const TrainInputs& inputs,
                 const TrainOptions& options, Seed seed,
                 const TrainEnvironment& environment, const ModelMaker& make);

}  // namespace mtlkit
