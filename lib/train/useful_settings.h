#pragma once

#include <map>
#include <string>

#include "nn/model.h"
#include "train/train_options.h"

namespace mtlkit {

// Settings that were chosen and make no difference to a model or its training:
// the flag without dashes, and why ("the network has no hidden layer").
using UselessSettings = std::map<std::string, std::string>;
UselessSettings FindUseless(const Model& model, const TrainOptions& options);

// Why the tasks of a model are not weighed against each other; "": they are.
std::string WhyNothingIsWeighed(const Model& model);

// Whether two recipes make one network of what a model reads and predicts.
bool MakeTheSame(const Model& model, const ArchOptions& one,
                 const ArchOptions& other);

// Leaves what makes no difference to either.
void KeepUselessOfBoth(const UselessSettings& other, UselessSettings* settings);

// kUsage, naming the first, unless there are none.
void RequireUseful(const UselessSettings& settings);

}  // namespace mtlkit
