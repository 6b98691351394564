#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/dataset.h"
#include "data/task.h"
#include "prep/table_columns.h"

namespace mtlkit {

struct LabelledTask {
  Task task;
  Labels labels;
};

// `--task PATTERN[=TYPE]`: what follows the last '=' is a type, unless the
// whole is the name of a column.
struct TaskRequest {
  std::string pattern;
  std::optional<TaskType> type;
  std::string event = {};  // survival: the column that says whether it came
  std::string of = {};     // tags: the column of their words; "": the only one
};
TaskRequest ParseTaskRequest(std::string_view text,
                             const std::vector<TableColumn>& columns);

// The tasks of a request. Each column name is a task, with its labels on all
// rows; a column that is in several views counts once. Without a type: two
// different values are binary, words multi-class, numbers a regression.
// `multilabel` makes one task: of several columns, each a label with two
// values, called as the pattern without its '*' and '?'; of one column, whose
// cells list labels between ';', '|' or ','. `survival` takes the times from
// the column of its name and the events, 0 or 1, from another. Cells of `tags`
// have a label for each word, between blanks; which input has the words is not
// said. Columns that are
// used go into `used`.
std::vector<LabelledTask> TasksFromColumns(
    const Dataset& table, const std::vector<TableColumn>& columns,
    const TaskRequest& request, std::vector<TableColumn>* used);

// Whether a column holds two different numbers and nothing else.
bool HasTwoNumbers(const Dataset& table, const TableColumn& column);

// One task for each value of a column, on the rows that have it, called
// "task.value".
std::vector<LabelledTask> SplitTask(const LabelledTask& whole,
                                    const std::string& column,
                                    const CodedColumn& by);

// Makes `name` the second (positive) class of a binary task.
void SetPositiveClass(std::string_view name, LabelledTask* task);

}  // namespace mtlkit
