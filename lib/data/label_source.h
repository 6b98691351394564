#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mtlkit {

// How the labels of a task are read from the columns of a raw table, so that
// new tables are read as the one that the task was made of.
struct LabelSource {
  // One column; of a multi-label task perhaps one for each label, in the order
  // of its classes. Empty: the labels came with the file.
  std::vector<std::string> columns;
  // Multi-label tasks of several columns, one a column: what stands in it
  // where the label is not set, and where it is.
  std::vector<std::string> absent;
  std::vector<std::string> present;
  // Multi-label tasks of one column: what stands between the labels of a cell;
  // "[]": cells are lists such as ['red', 'blue'].
  std::string separator;
  // Of --task-per: the task is on the rows with this value of this column.
  std::string per_column;
  std::string per_value;
  // The column of the weights of rows; "": rows have none.
  std::string weight;
  // Classes that preparation left out: such labels are missing, not unknown;
  // of a set of labels they are passed over.
  std::vector<std::string> dropped = {};
  // The column of the weights of its labels; "": they have none of their own.
  std::string label_weight = {};

  bool empty() const { return columns.empty(); }
  bool operator==(const LabelSource&) const = default;
};

// As JSON, and back; throws kBadInput for a text that is no source.
std::string LabelSourceText(const LabelSource& source);
LabelSource ParseLabelSource(std::string_view text);

}  // namespace mtlkit
