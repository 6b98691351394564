#include "text/units_row.h"

#include <algorithm>

#include "base/error.h"
#include "text/number_text.h"

namespace mtlkit {

bool HasNoNumber(const Row& row, char decimal) {
  return std::ranges::none_of(row.cells, [decimal](const Cell& cell) {
    return IsCellNumber(cell.text, decimal);
  });
}

void RequireNoUnits(const std::string& where, std::size_t files,
                    const std::vector<ColumnScan>& columns) {
  if (where.empty()) return;
  std::vector<std::string> words;
  const bool has_names = !std::ranges::all_of(columns, &ColumnScan::is_unnamed);
  for (const ColumnScan& column : columns) {
    const bool is_unit = column.type == ColumnType::kUnknown &&
                         column.numbers > 1 && column.texts > 0 &&
                         static_cast<std::size_t>(column.texts) <= files &&
                         column.first_text.where == where;
    if (is_unit) words.push_back(column.first_text.text);
  }
  if (words.size() < 2) return;
  Fail(ErrorKind::kBadInput,
       Str(where, ": words (", ShowNames(words),
           ") stand above the numbers of ", words.size(), " columns"),
       has_names ? "if they are units or a second header: --skip-after-header 1"
                 : "if they name the columns: --header yes");
}

}  // namespace mtlkit
