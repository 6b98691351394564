#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "prep/transform_entry.h"

namespace mtlkit {

// The columns that the table behind `transforms` had, as `select` keeps them,
// with those marked (InputSpec::dates) that a `date` takes apart, whether the
// table called them dates or --transform did. Nothing where transforms do not
// begin with a `select`.
std::optional<SelectedInputs> TableBehind(const TransformRecords& transforms);

// Demands that numbers of `inputs`, of `rows` rows, in columns that `wanted`
// calls dates can be seconds since 1970, of the years 0 to 9999, and where
// `inputs` do not call them dates, of 1677 to 2262 (base/calendar.h). Throws
// kBadInput that names the first that cannot, such as milliseconds. Those of
// the first months of 1970 are numbers that can be seconds: a warning names
// columns that look like them, behind the year 2100 or multiples of 1000
// throughout.
void RequireDates(const std::vector<InputSpec>& wanted,
                  const std::vector<InputBlock>& inputs, const RowIds& ids,
                  Index rows, std::vector<std::string>* warnings);

}  // namespace mtlkit
