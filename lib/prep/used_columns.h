#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"
#include "prep/label_columns.h"
#include "prep/table_columns.h"

namespace mtlkit {

// The columns of a table, and which of them are no inputs, since they have
// another use: as a task, a group, a weight or a split.
class UsedColumns {
 public:
  explicit UsedColumns(const Dataset& table)
      : all_(ListColumns(table.inputs)) {}

  const std::vector<TableColumn>& all() const { return all_; }
  const std::set<ColumnRef>& used() const { return used_; }

  void Use(const std::vector<TableColumn>& columns) {
    for (const TableColumn& column : columns) used_.insert(column.ref);
  }
  // The cells of the column that `flag` names, and uses.
  CodedColumn Take(const Dataset& table, const std::string& name,
                   std::string_view flag) {
    const std::vector<TableColumn> found = FindOneColumn(all_, name, flag);
    Use(found);
    return CodeColumns(table, found);
  }

 private:
  std::vector<TableColumn> all_;
  std::set<ColumnRef> used_;
};

}  // namespace mtlkit
