#pragma once

#include <string>
#include <vector>

#include "text/column_scan.h"

namespace mtlkit {

// A flag that names a column which a table does not have.
struct UnusedChoice {
  std::string flag;
  std::string column;

  bool operator==(const UnusedChoice&) const = default;
};

// Gives columns the types (of them, of the model's dates, of ids) and the
// renames that were asked for. Returns those of flags that no column is meant
// by: another view's may be. Throws kUsage for two ids and for labels as dates.
std::vector<UnusedChoice> ApplyChoices(const ScanOptions& options,
                                       std::vector<ColumnScan>* columns);

// Throws kUsage, with the nearest of the columns.
[[noreturn]] void FailUnused(const UnusedChoice& choice,
                             const std::vector<std::string>& columns);

// "x", or of a view "u.x".
std::vector<std::string> ColumnNames(const ScanOptions& options,
                                     const std::vector<ColumnScan>& columns);

}  // namespace mtlkit
