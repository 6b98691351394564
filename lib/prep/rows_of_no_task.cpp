#include "prep/rows_of_no_task.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "data/class_finder.h"
#include "prep/table_columns.h"

namespace mtlkit {
namespace {

// The values of each column that a task is for, of tasks whose labels the
// table has.
std::map<std::string, std::vector<std::string>> ValuesOfTasks(
    const std::vector<Task>& tasks, const Dataset& table,
    const std::vector<TableColumn>& columns) {
  std::map<std::string, std::vector<std::string>> values;
  for (const Task& task : tasks) {
    const LabelSource& source = task.source;
    const bool has_labels =
        std::ranges::all_of(source.columns, [&](const std::string& name) {
          return std::ranges::count(columns, name, &TableColumn::name) > 0;
        });
    if (source.per_column.empty() || !has_labels ||
        FindTask(table.tasks, task.name) >= 0) {
      continue;
    }
    values[source.per_column].push_back(source.per_value);
  }
  return values;
}

std::string TextOf(const CodedColumn& column, const std::string& name,
                   const std::vector<std::string>& values) {
  const ClassFinder finder(values);
  Index other = 0;
  Index missing = 0;
  std::string example;
  for (const std::int32_t code : column.codes) {
    if (code < 0) {
      ++missing;
    } else if (finder.Find(column.names[At(code)]) < 0) {
      if (other++ == 0) example = column.names[At(code)];
    }
  }
  if (other == 0 && missing == 0) return "";
  std::vector<std::string> parts;
  if (other > 0) {
    parts.push_back(Str(Counted(other, "row has", "rows have"),
                        " a value that no task is for, such as '", example,
                        "'"));
  }
  if (missing > 0) {
    parts.push_back(Str(Counted(missing, "row has", "rows have"), " none"));
  }
  return Str("column '", name, "': ", Join(parts, ", and "),
             other + missing == 1 ? ": it counts as not labelled"
                                  : ": they count as not labelled");
}

}  // namespace

std::vector<std::string> RowsOfNoTask(const std::vector<Task>& tasks,
                                      const Dataset& table) {
  const std::vector<TableColumn> columns = ListColumns(table.inputs);
  std::vector<std::string> texts;
  for (const auto& [name, values] : ValuesOfTasks(tasks, table, columns)) {
    const auto column = std::ranges::find(columns, name, &TableColumn::name);
    if (column == columns.end()) {
      texts.push_back(Str("there is no column '", name,
                          "', which says for which task a row is: no row of "
                          "these tasks counts as labelled"));
      continue;
    }
    const std::string text = TextOf(CodeColumn(table, *column), name, values);
    if (!text.empty()) texts.push_back(text);
  }
  return texts;
}

}  // namespace mtlkit
