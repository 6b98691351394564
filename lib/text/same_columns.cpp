#include "text/same_columns.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "text/text_lists.h"

namespace mtlkit {
namespace {

// ", 'y' in one only": the first column that one of two files lacks.
std::string Difference(const std::vector<Column>& a,
                       const std::vector<Column>& b) {
  const auto& longer = a.size() > b.size() ? a : b;
  const auto& shorter = a.size() > b.size() ? b : a;
  std::set<std::string_view> names;
  for (const Column& column : shorter) names.insert(column.name);
  for (const Column& column : longer) {
    if (names.count(column.name) > 0) continue;
    return Str(", '", ShowText(column.name), "' in one only");
  }
  return "";
}

bool SameValues(std::vector<std::string> a, std::vector<std::string> b) {
  if (a == b) return true;
  // What a sparse row leaves out is the first value.
  if (a.empty() || b.empty() || a[0] != b[0]) return false;
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

}  // namespace

void RequireSameColumns(const TableFile& file, const TableFile& beside) {
  const std::vector<Column>& first = beside.reader->columns();
  const std::vector<Column>& columns = file.reader->columns();
  const std::string both =
      Str(file.source->name(), " and ", beside.source->name());
  if (columns.size() != first.size() ||
      file.reader->has_row_labels() != beside.reader->has_row_labels()) {
    Fail(ErrorKind::kBadInput,
         Str(both, " have ", columns.size(), " and ",
             Counted(std::ssize(first), "column", "columns"),
             Difference(columns, first)),
         "files that are rows of one table have the same columns; "
         "--beside joins different ones");
  }
  for (std::size_t i = 0; i < first.size(); ++i) {
    Require(columns[i].name == first[i].name, ErrorKind::kBadInput,
            Str(both, ": column ", i + 1, " is '", ShowText(columns[i].name),
                "' in one and '", ShowText(first[i].name), "' in the other"),
            "files that are rows of one table have the same columns; "
            "--beside joins different ones");
    Require(columns[i].type == first[i].type &&
                columns[i].is_label == first[i].is_label &&
                SameValues(columns[i].categories, first[i].categories),
            ErrorKind::kBadInput,
            Str(both, " declare column '", ShowText(first[i].name),
                "' differently"),
            "declare it alike in both, or write both as CSV, which declares "
            "nothing");
    const ColumnType stored[] = {columns[i].stored, first[i].stored};
    Require(stored[0] == stored[1] || stored[0] == ColumnType::kUnknown ||
                stored[1] == ColumnType::kUnknown,
            ErrorKind::kBadInput,
            Str(both, ": column '", ShowText(first[i].name), "' is a ",
                ColumnTypeName(stored[0]), " in one and a ",
                ColumnTypeName(stored[1]), " in the other"),
            "write it as the same type in both");
  }
}

}  // namespace mtlkit
