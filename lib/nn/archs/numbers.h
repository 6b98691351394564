#pragma once

#include <string>
#include <vector>

#include "nn/arch.h"

namespace mtlkit {

// Where an input block is read, by which network.
struct InputPlace {
  const Schema& schema;
  const ArchOptions& options;
  std::string prefix;  // of the names of layers
  std::string number;  // of the block among its like, behind these names
  // Takes what is said of each pixel, where something is.
  std::vector<Value>* pixels = nullptr;
};

// What --numbers makes of a dense block: its value, or what is to be read in
// its place, of layers PREFIXpieces or PREFIXperiodic, and PREFIXprojection;
// where not all columns are numbers, PREFIXnumbers is these beside the block.
Value AddNumbers(const InputPlace& place, const InputSpec& input, Value value,
                 NetworkBuilder* builder);

}  // namespace mtlkit
