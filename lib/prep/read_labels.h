#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// What the columns of a table say of a task.
struct RawLabels {
  Labels labels;  // without values where the columns are not there
  bool has_columns = false;
};

// Reads the labels of a task from the columns of a table as its source says;
// without one from the column called as the task (multi-label: columns called
// as its labels, of zeros and ones). Words are compared as they stand, numbers
// by value: 1, 1.0 and +1 are one class. What stands there and is no label of
// the task is in labels.unknown.
RawLabels ReadLabels(const Task& task, const Dataset& table);

// The labels that a cell lists; `separator` as in LabelSource.
std::vector<std::string> ListedLabels(std::string_view cell,
                                      std::string_view separator);

}  // namespace mtlkit
