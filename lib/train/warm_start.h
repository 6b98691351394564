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
  std::string note = {};            // what is to be known of the source, or ""
};

// Copies the parameters and running statistics of `source` that `model` has by
// the same name; the rows that they were learned from and chosen on become
// known to `model`. Where shapes differ it throws kUsage, and where the columns
// or categories that they stand for do. `name` is the source's.
WarmStart TakeParameters(const Model& source, const std::string& name,
                         Model* model);

// In one line, for people: "took 6 of 8 arrays of parameters from m.h5; ...".
std::string WarmStartText(const WarmStart& start, const std::string& name);

}  // namespace mtlkit
