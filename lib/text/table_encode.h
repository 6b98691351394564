#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/array.h"
#include "text/table_plan.h"
#include "text/table_scan.h"

namespace mtlkit {

// A row of a table as numbers.
struct EncodedRow {
  std::vector<double> numbers;        // of the numeric block; NaN is missing
  std::vector<std::int32_t> codes;    // of the categorical block; -1 is missing
  std::vector<std::int32_t> indices;  // of the sparse block, ascending
  std::vector<float> values;
  std::vector<float> labels;  // target columns of all tasks; NaN is missing
  std::int64_t group = 0;
};

// Reads the rows of a scanned table once more, as numbers. Throws kBadInput if
// the files have changed since. All it is given must outlive it.
class TableEncoder {
 public:
  TableEncoder(std::vector<TableFile>* files, const TableScan& scan,
               const TablePlan& plan, const ScanOptions& options);

  // False after the last row.
  bool Next(EncodedRow* row);

 private:
  bool NextText();
  void EncodeCell(std::size_t column, std::string_view text, bool missing,
                  EncodedRow* row);
  void EncodeFeatures(EncodedRow* row);
  void EncodeRowLabels(std::size_t number,
                       const std::vector<std::string_view>& labels,
                       EncodedRow* row) const;
  double Number(std::size_t column, std::string_view text) const;
  std::int32_t Code(const CategoryMap& map, std::string_view text) const;
  float Label(std::size_t column, std::string_view text) const;
  [[noreturn]] void FailChanged() const;

  std::vector<TableFile>& files_;
  const TableScan& scan_;
  const TablePlan& plan_;
  const ScanOptions& options_;
  EncodedRow defaults_;  // what a sparse row leaves out
  std::size_t file_ = 0;
  Index row_in_file_ = 0;
  Row text_;
};

}  // namespace mtlkit
