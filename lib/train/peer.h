#pragma once

#include "base/rng.h"
#include "nn/model.h"
#include "train/train_inputs.h"

namespace mtlkit {

// One network among those that are trained together.
struct Peer {
  Model* model = nullptr;  // its parameters are where training starts
  Seed seed = 1;           // of its dropout and its weighting
  TrainInputs inputs;
};

}  // namespace mtlkit
