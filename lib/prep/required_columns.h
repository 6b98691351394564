#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// Demands that `inputs`, of `rows` rows, have every column with a name of
// `wanted`, and all that a dense block that they have only numbers, in blocks
// of the same view and kind. Throws kBadInput that names all that do not fit,
// with a word where numbers are wanted. `are_arrays`: the table was read from
// arrays, so that flags about text are no remedy.
void RequireColumns(const std::vector<InputSpec>& wanted,
                    const std::vector<InputBlock>& inputs, const RowIds& ids,
                    Index rows, bool are_arrays);

// Throws kBadInput where a table without views has the columns of one, as
// COLUMN, or VIEW.COLUMN as text of several views has them.
void RequireViewsApart(const std::vector<InputSpec>& wanted,
                       const std::vector<InputBlock>& inputs);

// Names for a message: joined, the first 20.
std::string FirstOf(std::vector<std::string> texts, std::string_view between);

}  // namespace mtlkit
