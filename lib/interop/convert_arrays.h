#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "base/reporter.h"
#include "text/convert.h"

namespace mtlkit {

struct ArrayOptions {
  // NAME=PATH, each: this array of every file alone, under this name; or one
  // of a name for each file, in their order.
  std::vector<std::string> array;

  void Describe(Fields& fields);
};

// Writes a dataset of the arrays of `inputs` (array_table.h) to `output`, whole
// or not at all; "-" is stdout. Of `reading` counts what it says of tables
// before (array_reading.h), `beside` and `max_size`. Several inputs hold the
// same arrays of further rows, each named by its split; with `beside`, further
// arrays of the same rows: an array without a name has that of its input,
// others have it in front
// ("view.x"), but for those that say something of rows (array_rows.h), which
// have to be the same. One that has the arrays of a dataset (own_arrays.h)
// becomes that dataset again, and comes alone. Files of more than `max_size`
// (base/size_budget.h) together are refused. A line says what was found, and a
// warning which columns a file has as tasks. Returns whether the rows have ids
// of their own.
//
// Throws kUsage for names that are missing or there twice, arrays that are
// chosen twice, kBadInput with the
// file in front.
bool ConvertArrays(const std::vector<TableInput>& inputs,
                   const ArrayOptions& options, const ConvertOptions& reading,
                   const std::string& output, const ConvertRecord& record,
                   Reporter* reporter);

// Whether it is a file of arrays, which ConvertArrays takes; "-" is stdin. No
// named pipe is, which can be read once only.
bool IsArrayFile(const std::string& path);

}  // namespace mtlkit
