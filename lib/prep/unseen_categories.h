#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// Says in `warnings`, column by column, how many of `rows` rows of `inputs`
// have a category that `wanted`, what training saw, does not have.
// `are_arrays`: the table was read from arrays, whose classes no flag renames.
void WarnOfUnseen(const std::vector<InputSpec>& wanted,
                  const std::vector<InputBlock>& inputs, Index rows,
                  bool are_arrays, std::vector<std::string>* warnings);

}  // namespace mtlkit
