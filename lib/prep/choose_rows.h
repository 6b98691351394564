#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/rng.h"
#include "data/dataset.h"

namespace mtlkit {

// The rows of `--rows EXPRESSION`, ascending:
//   FIRST:END        rows FIRST up to, not including, END; either may be absent
//   split=NAME       the rows of a split
//   COLUMN=VALUE     rows whose cell reads VALUE; also !=
//   COLUMN<NUMBER    and <=, >, >=; a missing cell never fits
// kUsage for anything else, for an unknown column, and where no row fits.
std::vector<Index> RowsWhere(const Dataset& table, std::string_view expression);

// The rows of `--sample N` (a number of rows) or `--sample 0.1` (a fraction,
// recognised by its point), drawn without replacement, ascending.
std::vector<Index> SampleRows(Index rows, std::string_view amount, Seed seed);

}  // namespace mtlkit
