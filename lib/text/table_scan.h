#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "text/column_choices.h"
#include "text/column_scan.h"
#include "text/table_file.h"

namespace mtlkit {

// The labels in front of SVMlight rows, of one file of several.
struct RowLabelScan {
  std::string task;  // "" of the first file: how many there are names it
  CategoryMap classes;
  Index labelled = 0;     // rows with a label
  bool is_single = true;  // every row has exactly one
  bool is_whole = true;   // all are whole numbers
  std::vector<std::string> sorted;
  NumberLoss loss;  // of different labels
};

struct TableScan {
  Index rows = 0;
  std::vector<ColumnScan> columns;
  bool is_sparse = false;  // a file has sparse rows
  bool has_row_labels = false;
  std::vector<RowLabelScan> row_labels = {{}};
  Index entries = 0;        // of sparse rows
  Index first_feature = 0;  // smallest column number in a numbered file
  Index last_feature = -1;
  NumberLoss feature_loss;  // of sparse rows whose columns have no names
  Numbering numbering;
  bool has_groups = false;
  bool has_ids = false;
  RowIds ids;
  std::vector<UnusedChoice> unused;  // which another view has to use
};

// Reads all rows once, infers the types of columns and collects their
// categories (renamed, sorted), and leaves the readers at their first row. A
// column is a number if all its values are; it is an error if most are. Throws
// kBadInput with file, line and column; kUsage for options that fit no column.
TableScan ScanTable(std::vector<TableFile>* files, const ScanOptions& options);

}  // namespace mtlkit
