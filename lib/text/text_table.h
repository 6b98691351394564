#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"
#include "data/dataset.h"

namespace mtlkit {

enum class TextFormat { kCsv, kJsonLines };
// "csv", "jsonl".
TextFormat ParseTextFormat(std::string_view name);
// By the ending of a file's name, ".csv" or ".jsonl"; nothing for others.
std::optional<TextFormat> TextFormatOfName(std::string_view path);

// Takes the cells of a row, one a column, in the order of columns.
class CellWriter {
 public:
  virtual ~CellWriter() = default;
  // The shortest text that reads back as the same number; NaN is missing.
  virtual void Number(float value) = 0;
  virtual void Number(double value) = 0;
  virtual void Integer(std::int64_t value) = 0;
  virtual void Text(std::string_view text) = 0;
  virtual void Missing() = 0;
};

struct TextColumn {
  std::string name;
  // Puts exactly one cell.
  std::function<void(Index row, CellWriter* cell)> put;
};

// Writes a table as CSV (RFC 4180, header, LF) or as JSON lines (one object a
// row, null for missing) to `output`, whole or not at all; "-" is stdout.
// Column names must be unique: kBadInput otherwise. Returns how many cells of
// CSV begin as formulas do (= + - @), which spreadsheets run; `safe_cells` puts
// an apostrophe in front of them.
Index WriteTextTable(const std::vector<TextColumn>& columns, Index rows,
                     TextFormat format, const std::string& output,
                     bool safe_cells = false);

// Texts of ids, for a column `id`.
TextColumn IdColumn(const RowIds& ids);

// The columns of a dataset: id, inputs (of views: VIEW.COLUMN), tasks (of
// several columns: TASK.LABEL), weight, group, split, fold. `dataset` must
// outlive them.
std::vector<TextColumn> DatasetColumns(const Dataset& dataset);

}  // namespace mtlkit
