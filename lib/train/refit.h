#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/options.h"
#include "train/loop.h"

namespace mtlkit {

// Training twice: first with rows kept out, to see how long is best; then anew,
// from the same seed, on all rows for that long.
struct RefitOptions {
  std::string refit = "none";
  void Describe(Fields& fields);
};

// A fresh model for these training rows.
using ModelMaker = std::function<Model(const std::vector<Index>& train_rows)>;

// The files that such a training keeps its states in, beside `checkpoint`.
std::vector<std::string> RefitCheckpoints(const RefitOptions& refit,
                                          const TrainInputs& inputs,
                                          const std::string& checkpoint);

// Trains as `refit` says. `valid`: the length is that of the epoch with the
// best score on the validation rows. `folds`: every fold of the training rows
// is kept out once, for all the epochs, and the length is that of the epoch
// with the lowest mean of their scores. The schedule is laid out for as many
// epochs as in the search, and the last training ends after the length found,
// so that it goes the same way as far as it goes. The model's log is that of
// the last training; its `best` and `selected_on` say what chose the length.
//
// kUsage: no such rows; options that look at validation rows during training,
// which the last one has none of.
Model TrainRefit(const RefitOptions& refit, const TrainInputs& inputs,
                 const TrainOptions& options, Seed seed,
                 const TrainEnvironment& environment, const ModelMaker& make);

}  // namespace mtlkit
