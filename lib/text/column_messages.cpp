// What messages say of columns.
#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "text/column_scan.h"
#include "text/text_lists.h"

namespace mtlkit {

std::string TypeFlag(const ColumnScan& column, std::string_view type) {
  return Str("--type ",
             ShellWord(NameInList(Str(column.column.name, "=", type))));
}

std::string ShowNames(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 20;
  std::string list;
  for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) {
    list += (list.empty() ? "" : ", ") + ShowText(names[i]);
  }
  return names.size() > kMost ? list + ", ..." : list;
}

void FailCell(const CellPlace& place, const ColumnScan& column,
              std::string_view problem, std::string hint) {
  Fail(ErrorKind::kBadInput,
       Str(place.where, ": column '", ShowText(column.column.name), "': ",
           place.text.empty() ? "" : Str("'", ShowText(place.text), "' "),
           problem),
       std::move(hint));
}

}  // namespace mtlkit
