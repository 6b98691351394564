#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/reporter.h"
#include "data/dataset.h"
#include "prep/prepare_options.h"
#include "prep/transform.h"
#include "prep/used_columns.h"

namespace mtlkit {

// What of a table goes in, by --inputs and --ignore, and behind which
// transforms. The steps are called in the order in which they stand here.
class InputChoice {
 public:
  // All must outlive it.
  InputChoice(const PrepareOptions& options, Reporter* reporter, Dataset* table)
      : options_(options), reporter_(reporter), table_(table) {}

  // Leaves out images and texts, which have no columns: --inputs and --ignore
  // name their blocks.
  void ChooseOtherBlocks();
  // Where every column has another use, images and texts alone go in.
  void LeaveTable(const UsedColumns& columns);
  // A table that was prepared before keeps its transforms in front.
  Transforms TransformsFor(const UsedColumns& columns,
                           const std::vector<Index>& train) const;

  // Columns that do not go in.
  std::set<ColumnRef> LeftOut(const UsedColumns& columns) const;

 private:
  // None for the name of a block of images or tokens.
  std::vector<TableColumn> ColumnsOf(const UsedColumns& columns,
                                     const std::string& pattern,
                                     std::string_view flag) const;
  bool KeepsInputs() const;
  std::set<ColumnRef> TextsNotAskedFor(
      const UsedColumns& columns, const std::vector<Index>& train,
      const std::set<ColumnRef>& left_out) const;

  const PrepareOptions& options_;
  Reporter* reporter_;
  Dataset* table_;
  std::set<std::string> other_blocks_;  // images and tokens
};

}  // namespace mtlkit
