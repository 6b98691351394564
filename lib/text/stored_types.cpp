#include "text/stored_types.h"

#include <algorithm>

namespace mtlkit {

void UseStoredTypes(const std::vector<std::string>& date_columns,
                    std::vector<TableFile>* files,
                    std::vector<ColumnScan>* columns) {
  std::vector<bool> ignored;
  for (std::size_t i = 0; i < columns->size(); ++i) {
    ColumnScan& column = (*columns)[i];
    // Text beside it (kUnknown) knows nothing.
    for (const TableFile& file : *files) {
      const ColumnType stored = file.reader->columns()[i].stored;
      if (stored != ColumnType::kUnknown) column.column.stored = stored;
    }
    if (column.type == ColumnType::kUnknown) {
      column.is_date_if_text =
          std::ranges::count(date_columns, column.column.name) > 0;
      column.type = column.column.is_text() ? ColumnType::kCategory
                                            : column.column.stored;
      if (column.type == ColumnType::kCategory && column.is_date_if_text) {
        column.type = ColumnType::kDate;
      }
    }
    // How text writes dates says nothing of those that a file knows.
    if (column.column.stored == ColumnType::kDate) column.date = DateFormat();
    ignored.push_back(column.type == ColumnType::kIgnore);
  }
  for (TableFile& file : *files) file.reader->PassOver(ignored);
}

}  // namespace mtlkit
