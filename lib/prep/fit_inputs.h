#pragma once

#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "prep/fit.h"
#include "prep/prepare_options.h"

namespace mtlkit {

// The transforms of a table, fitted on its training rows one behind the other:
// the columns that go in; what --transform asks for, in its order; what the
// short forms (--impute, --pieces, --scale, --encode) do to columns that it
// does not name, and to what is still missing or a category; and the layout of
// blocks.
Transforms FitInputs(const std::vector<InputBlock>& inputs,
                     std::span<const Index> train, const ColumnSet& left_out,
                     const PrepareOptions& options);

// COLUMNS=NAME[:option=value,...] of --transform.
struct TransformRequest {
  std::string columns;
  Choice choice;
};
TransformRequest ParseTransformRequest(const std::string& text);

}  // namespace mtlkit
