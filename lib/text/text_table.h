#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"
#include "data/dataset.h"

namespace mtlkit {

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
  // As many cells of 0, of a sparse row.
  virtual void Zeros(Index count) = 0;
};

// What the cells of a column are, for formats that declare it. kFraction are
// times with fractions of seconds.
enum class CellType { kNumber, kText, kClass, kDay, kTime, kFraction };

// A column of a text table, or adjacent ones that are put at once.
struct TextColumn {
  std::vector<std::string> names;  // unique in the table
  // Puts exactly one cell for each name.
  std::function<void(Index row, CellWriter* cell)> put;
  CellType type = CellType::kNumber;
  std::vector<std::string> classes = {};  // kClass: all texts that can occur
  bool is_label = false;
  bool is_split = false;  // says what a row is for, which is nothing to learn
};

// Texts of ids, for a column `id`.
TextColumn IdColumn(const RowIds& ids);

// A column called TASK and `suffix` of what the labels of a task are, names of
// classes, numbers, or 0 and 1; without `put`.
TextColumn LabelColumnOf(const Task& task, const std::string& suffix);

// The columns of a dataset: id, inputs (of views: VIEW.COLUMN), tasks (of
// several columns: TASK.LABEL), weight, group, split, fold. `dataset` must
// outlive them.
std::vector<TextColumn> DatasetColumns(const Dataset& dataset);

}  // namespace mtlkit
