#include "prep/label_columns.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "data/head.h"

namespace mtlkit {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
// More different numbers than any sensible number of classes.
constexpr std::size_t kMostNumberClasses = 1000;

using Columns = std::vector<TableColumn>;

TaskType InferType(const CodedColumn& column) {
  if (column.names.size() == 2) return TaskType::kBinary;
  return column.is_number ? TaskType::kRegression : TaskType::kMulticlass;
}

std::vector<float> ClassNumbers(const CodedColumn& column) {
  std::vector<float> values;
  values.reserve(column.codes.size());
  for (const std::int32_t code : column.codes) {
    values.push_back(code < 0 ? kMissing : static_cast<float>(code));
  }
  return values;
}

LabelledTask MakeRegression(const Dataset& table, const TableColumn& column,
                            const CodedColumn& coded) {
  Require(
      coded.is_number, ErrorKind::kUsage,
      Str("task '", column.name(), "' cannot be a regression: '",
          coded.names.empty() ? "" : coded.names.back(), "' is not a number"),
      Str("--task ", column.name(), "=multiclass"));
  LabelledTask result;
  result.task.type = TaskType::kRegression;
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  double change = 0;
  for (Index row = 0; row < table.rows; ++row) {
    const double value =
        CellNumber(table.inputs[column.block], row, column.col);
    if (!std::isnan(value)) {
      low = std::min(low, value);
      high = std::max(high, value);
      change = std::max(
          change,
          std::abs(value - static_cast<double>(static_cast<float>(value))));
    }
    if (std::isinf(static_cast<float>(value))) {
      Fail(ErrorKind::kBadInput,
           Str("task '", column.name(), "', row '", IdText(table.ids, row),
               "': label ", value, " is not finite"));
    }
    result.labels.values.push_back(static_cast<float>(value));
  }
  // Labels are kept in single precision.
  constexpr double kMostChange = 0.01;
  Require(!(high > low) || change <= kMostChange * (high - low),
          ErrorKind::kBadInput,
          Str("task '", column.name(),
              "': its labels differ by too little for single precision, from ",
              low, " to ", high),
          "subtract their mean, or scale them, before they are converted");
  return result;
}

LabelledTask MakeClasses(const TableColumn& column, TaskType type,
                         CodedColumn coded) {
  const std::size_t count = coded.names.size();
  Require(!type.traits().has_positive || count == 2, ErrorKind::kUsage,
          Str("task '", column.name(), "' cannot be binary: it has ", count,
              " different values"),
          Str("--task ", column.name(), "=multiclass"));
  Require(count >= 2, ErrorKind::kBadInput,
          Str("task '", column.name(), "' has ",
              count == 0 ? "no labels"
                         : Str("one class only, '", coded.names[0], "'")),
          "there is nothing to learn from it");
  Require(!coded.is_number || count <= kMostNumberClasses, ErrorKind::kUsage,
          Str("task '", column.name(), "' has ", count,
              " different numbers, which are no classes"),
          Str("--task ", column.name(), "=regression"));
  LabelledTask result;
  result.task.type = type;
  result.labels.values = ClassNumbers(coded);
  result.task.classes = std::move(coded.names);
  return result;
}

// The parts of a cell that lists labels.
std::vector<std::string> ListedLabels(const std::string& cell, char separator) {
  std::vector<std::string> labels;
  for (const std::string& part : Split(cell, separator)) {
    const std::string label(Trim(part));
    if (!label.empty()) labels.push_back(label);
  }
  return labels;
}

char ListSeparator(const std::vector<std::string>& cells) {
  for (const char separator : {';', '|', ','}) {
    for (const std::string& cell : cells) {
      if (cell.find(separator) != std::string::npos) return separator;
    }
  }
  return ';';
}

// A multi-label task of one column whose cells list labels.
LabelledTask MakeListed(const CodedColumn& coded) {
  const char separator = ListSeparator(coded.names);
  std::vector<std::vector<std::string>> cells;
  std::vector<std::string> labels;
  for (const std::string& cell : coded.names) {
    cells.push_back(ListedLabels(cell, separator));
    labels.insert(labels.end(), cells.back().begin(), cells.back().end());
  }
  std::sort(labels.begin(), labels.end(), NaturalLess);
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  LabelledTask result;
  result.task.type = TaskType::kMultilabel;
  result.task.classes = labels;
  const std::size_t count = labels.size();
  result.labels.values.assign(coded.codes.size() * count, kMissing);
  for (std::size_t row = 0; row < coded.codes.size(); ++row) {
    if (coded.codes[row] < 0) continue;
    float* out = result.labels.values.data() + row * count;
    std::fill(out, out + count, 0.0F);
    for (const auto& label :
         cells[static_cast<std::size_t>(coded.codes[row])]) {
      out[FindClass(result.task, label)] = 1;
    }
  }
  return result;
}

// A multi-label task of several columns with two values each.
LabelledTask MakeJoined(
    const Dataset& table,
    const std::vector<std::pair<std::string, Columns>>& named) {
  LabelledTask result;
  result.task.type = TaskType::kMultilabel;
  const std::size_t count = named.size();
  result.labels.values.resize(static_cast<std::size_t>(table.rows) * count);
  for (std::size_t i = 0; i < count; ++i) {
    const CodedColumn coded = CodeColumns(table, named[i].second);
    const bool is_one = coded.names.size() == 1 && (coded.names[0] == "1");
    Require(coded.names.size() <= 2, ErrorKind::kUsage,
            Str("column '", named[i].first, "' has ", coded.names.size(),
                " different values; a label has two"));
    result.task.classes.push_back(named[i].first);
    for (std::size_t row = 0; row < coded.codes.size(); ++row) {
      const std::int32_t code = coded.codes[row];
      result.labels.values[row * count + i] =
          code < 0 ? kMissing : static_cast<float>(is_one ? 1 : code);
    }
  }
  return result;
}

// "label_*" -> "label".
std::string NameOfPattern(const std::string& pattern) {
  std::string name;
  for (const char c : pattern) {
    if (c != '*' && c != '?') name += c;
  }
  while (!name.empty() &&
         std::string("_.-").find(name.back()) != std::string::npos) {
    name.pop_back();
  }
  return name.empty() ? "labels" : name;
}

// The columns by name, in the order of first appearance.
std::vector<std::pair<std::string, Columns>> ByName(const Columns& columns) {
  std::vector<std::pair<std::string, Columns>> named;
  for (const TableColumn& column : columns) {
    auto at = std::find_if(named.begin(), named.end(), [&](const auto& entry) {
      return entry.first == column.name();
    });
    if (at == named.end()) {
      named.push_back({column.name(), {}});
      at = named.end() - 1;
    }
    at->second.push_back(column);
  }
  return named;
}

LabelledTask MakeTask(const Dataset& table, const std::string& name,
                      const Columns& columns, std::optional<TaskType> type) {
  CodedColumn coded = CodeColumns(table, columns);
  const TaskType chosen = type.value_or(InferType(coded));
  LabelledTask result;
  if (!chosen.traits().has_classes) {
    result = MakeRegression(table, columns[0], coded);
  } else if (chosen.traits().one_class) {
    result = MakeClasses(columns[0], chosen, std::move(coded));
  } else {
    result = MakeListed(coded);
  }
  result.task.name = name;
  return result;
}

}  // namespace

TaskRequest ParseTaskRequest(std::string_view text,
                             const std::vector<TableColumn>& columns) {
  TaskRequest request;
  request.pattern = std::string(text);
  const std::size_t equals = text.rfind('=');
  const bool whole = std::any_of(
      columns.begin(), columns.end(),
      [&](const TableColumn& column) { return column.name() == text; });
  if (equals == std::string_view::npos || whole) return request;
  request.pattern = std::string(text.substr(0, equals));
  request.type = InContext(Str("--task ", text), [&] {
    return ParseTaskType(text.substr(equals + 1));
  });
  return request;
}

std::vector<LabelledTask> TasksFromColumns(
    const Dataset& table, const std::vector<TableColumn>& columns,
    const TaskRequest& request, std::vector<TableColumn>* used) {
  const Columns found = FindColumns(columns, request.pattern, "--task");
  used->insert(used->end(), found.begin(), found.end());
  const auto named = ByName(found);
  std::vector<LabelledTask> tasks;
  const bool is_set = request.type && request.type->traits().has_classes &&
                      !request.type->traits().one_class;
  if (is_set && named.size() > 1) {
    tasks.push_back(MakeJoined(table, named));
    tasks.back().task.name = NameOfPattern(request.pattern);
    return tasks;
  }
  for (const auto& [name, own] : named) {
    tasks.push_back(MakeTask(table, name, own, request.type));
  }
  return tasks;
}

std::vector<LabelledTask> SplitTask(const LabelledTask& whole,
                                    const CodedColumn& by) {
  std::vector<LabelledTask> parts(by.names.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i].task = whole.task;
    parts[i].task.name = Str(whole.task.name, ".", by.names[i]);
    parts[i].labels.on_all_rows = false;
  }
  const auto cols = static_cast<std::size_t>(whole.task.target_cols());
  for (std::size_t row = 0; row < by.codes.size(); ++row) {
    if (by.codes[row] < 0) continue;
    Labels& labels = parts[static_cast<std::size_t>(by.codes[row])].labels;
    labels.rows.push_back(static_cast<Index>(row));
    const float* cells = whole.labels.values.data() + row * cols;
    labels.values.insert(labels.values.end(), cells, cells + cols);
  }
  return parts;
}

void SetPositiveClass(std::string_view name, LabelledTask* task) {
  const std::string flag = Str("--positive ", task->task.name, " ", name);
  Require(task->task.traits().has_positive, ErrorKind::kUsage,
          Str(flag, ": the task is ", TaskTypeName(task->task.type)),
          "only binary tasks have a positive class");
  const Index number = FindClass(task->task, name);
  if (number < 0) {
    const std::string near = Nearest(name, task->task.classes);
    Fail(ErrorKind::kUsage,
         Str(flag, ": there is no class '", name, "'",
             near.empty() ? "" : Str("; did you mean '", near, "'?")),
         Str("its classes are: ", Join(task->task.classes, ", ")));
  }
  if (number == 1) return;
  std::swap(task->task.classes[0], task->task.classes[1]);
  for (float& value : task->labels.values) value = 1 - value;
}

}  // namespace mtlkit
