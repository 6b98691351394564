#pragma once

#include <vector>

#include "text/convert_options.h"

namespace mtlkit {

// Throws kUsage for inputs and flags that contradict each other, whatever is in
// the files.
void CheckOperands(const std::vector<TableInput>& inputs,
                   const ConvertOptions& options);

}  // namespace mtlkit
