#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "h5/file_writer.h"
#include "text/table_encode.h"

namespace mtlkit {

// The next row of a table; false after the last.
using RowSource = std::function<bool(EncodedRow*)>;

// One view: what its rows are and where they come from.
struct TableView {
  const TablePlan* plan = nullptr;
  bool has_groups = false;
  Index entries = -1;  // of the sparse block, if known
  RowSource next;
};

// Writes the blocks, tasks and groups of views of the same `rows` rows, reading
// all of them side by side.
void WriteViews(const std::vector<TableView>& views, Index rows,
                FileWriter* file);

// Ids, how many there are, and splits.
void WriteRowNames(const RowIds& ids,
                   const std::map<std::string, std::vector<Index>>& splits,
                   FileWriter* file);

}  // namespace mtlkit
