#pragma once

#include <span>
#include <vector>

#include "base/reporter.h"
#include "data/dataset.h"
#include "prep/fit.h"

namespace mtlkit {

// Warns of columns that go in and can teach nothing: categories of which most
// occur once, which are names of rows, and categories that most rows of the
// other splits have and no training row.
void WarnOfColumns(const std::vector<InputBlock>& inputs,
                   std::span<const Index> train, const Dataset& splits_of,
                   const ColumnSet& left_out, Reporter* reporter);

}  // namespace mtlkit
