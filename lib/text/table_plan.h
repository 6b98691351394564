#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"
#include "data/task.h"
#include "text/table_scan.h"

namespace mtlkit {

// Where the values of a column go.
enum class Role { kNone, kNumeric, kCode, kSparse, kLabel };

struct ColumnRole {
  Role role = Role::kNone;
  Index position = 0;  // in its block; of a label: among all label columns
};

// Where the labels in front of SVMlight rows go.
struct RowLabelRole {
  Index task = -1;  // none: there are no labels
  Index first = 0;  // of its target columns
};

// How the columns of a scanned table become blocks and tasks.
struct TablePlan {
  std::vector<ColumnRole> roles;  // one a column
  // Blocks with at least one column; names follow TableBlockName.
  InputSpec numeric;
  InputSpec categorical;
  InputSpec sparse;
  bool is_wide = false;  // numbers are stored in double precision
  std::vector<Task> tasks;
  std::vector<RowLabelRole> row_labels;  // one for each RowLabelScan
  Index label_cols = 0;    // target columns of all tasks, in their order
  Index feature_base = 0;  // SVMlight: number of the first column
};

// `view`: "" for a table without views. Label columns of values 0 and 1 alone
// become one multi-label task, `labels`; others one task each. Labels in front
// of SVMlight rows become `labels` (several) or `label` (one), those of
// further files the task of their name.
TablePlan PlanTable(const TableScan& scan, const ScanOptions& options,
                    std::string_view view);

}  // namespace mtlkit
