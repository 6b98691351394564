#include "text/stored_types.h"

#include <algorithm>

namespace mtlkit {
namespace {

// What stands in a column of which a model knows the type.
void UseKnownColumn(const ScanOptions& options, ColumnScan* column) {
  column->was_number = options.known.numbers.count(column->column.name) > 0;
  if (const auto classes = options.known.classes.find(column->column.name);
      classes != options.known.classes.end() && !options.are_markers_given) {
    column->values = classes->second;
  }
  const auto known = options.known.categories.find(column->column.name);
  if (known == options.known.categories.end()) return;
  // Numbers of files that know what is a number have no spelling.
  if (column->type == ColumnType::kUnknown && !column->column.has_numbers) {
    column->type = ColumnType::kCategory;
  }
  if (!options.are_markers_given) column->values = known->second;
}

}  // namespace

void UseStoredTypes(const ScanOptions& options, std::vector<TableFile>* files,
                    std::vector<ColumnScan>* columns) {
  std::vector<bool> ignored;
  for (std::size_t i = 0; i < columns->size(); ++i) {
    ColumnScan& column = (*columns)[i];
    // Text beside it (kUnknown) knows nothing.
    for (const TableFile& file : *files) {
      const ColumnType stored = file.reader->columns()[i].stored;
      if (stored != ColumnType::kUnknown) column.column.stored = stored;
      column.column.is_decimal |= file.reader->columns()[i].is_decimal;
      column.stored_dates.push_back(stored == ColumnType::kDate);
    }
    if (column.type == ColumnType::kUnknown) {
      column.is_date_if_text =
          std::ranges::count(options.known.dates, column.column.name) > 0;
      column.type = column.column.is_text() ? ColumnType::kCategory
                                            : column.column.stored;
      if (column.type == ColumnType::kCategory && column.is_date_if_text) {
        column.type = ColumnType::kDate;
      }
    }
    UseKnownColumn(options, &column);
    ignored.push_back(column.type == ColumnType::kIgnore);
  }
  for (TableFile& file : *files) file.reader->PassOver(ignored);
}

}  // namespace mtlkit
