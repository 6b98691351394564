#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "prep/fit.h"

namespace mtlkit {

// Says in `warnings`, column by column, how many of `rows` rows of `inputs`
// have a category that `wanted`, what training saw, does not have.
// Columns of `texts` are passed over. `are_arrays`: the table was read from
// arrays, whose classes no flag renames.
void WarnOfUnseen(const std::vector<InputSpec>& wanted, const ColumnSet& texts,
                  const std::vector<InputBlock>& inputs, Index rows,
                  bool are_arrays, std::vector<std::string>* warnings);

}  // namespace mtlkit
