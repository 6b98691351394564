#pragma once

#include <string>
#include <vector>

#include "nn/model.h"

namespace mtlkit {

// What became of the parameters of two models when one began from the other.
struct WarmStart {
  std::vector<std::string> taken;   // names that both have
  std::vector<std::string> fresh;   // of the model alone: as they were
  std::vector<std::string> unused;  // of the source alone
};

// Copies the parameters and running statistics of `source` that `model` has by
// the same name. Where their shapes differ it throws kUsage, and where the
// columns or categories that they stand for do. `name` is the source's.
WarmStart TakeParameters(const Model& source, const std::string& name,
                         Model* model);

}  // namespace mtlkit
