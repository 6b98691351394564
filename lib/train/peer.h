#pragma once

#include <string>
#include <vector>

#include "base/rng.h"
#include "nn/model.h"
#include "train/train_inputs.h"

namespace mtlkit {

// One network among those that are trained together.
struct Peer {
  Model* model = nullptr;  // its parameters are where training starts
  Seed seed = 1;           // of its dropout and its weighting
  TrainInputs inputs;
  // Tasks of other peers that this one lacks: options may name them.
  std::vector<std::string> absent_tasks = {};
};

}  // namespace mtlkit
