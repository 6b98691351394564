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
#include "data/tag_labels.h"
#include "prep/read_labels.h"
#include "prep/words.h"

namespace mtlkit {
namespace {

// More different numbers than any sensible number of classes.
constexpr std::size_t kMostNumberClasses = 1000;

using Columns = std::vector<TableColumn>;

// Whether a column holds more than `most` different numbers.
bool HasMoreNumbers(const InputBlock& block, Index rows, Index col,
                    std::size_t most) {
  std::set<double> seen;
  for (Index row = 0; row < rows && seen.size() <= most; ++row) {
    const double value = CellNumber(block, row, col);
    if (!std::isnan(value)) seen.insert(value + 0.0);  // -0 is 0
  }
  return seen.size() > most;
}

TaskType InferType(const CodedColumn& column) {
  if (column.names.size() == 2) return TaskType::kBinary;
  return column.is_number ? TaskType::kRegression : TaskType::kMulticlass;
}

Task MakeNumbers(const Dataset& table, const TableColumn& column,
                 TaskType type) {
  const InputBlock& block = table.inputs[column.block];
  if (block.kind == InputKind::kCategorical) {
    const auto& names = CodeColumn(table, column).names;
    Fail(ErrorKind::kUsage,
         Str("task '", column.name(), "' cannot be a ", TaskTypeName(type),
             ": '", names.empty() ? "" : names.back(), "' is not a number"),
         Str("--task ", column.name(), "=multiclass"));
  }
  Task task;
  task.type = type;
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  double change = 0;
  ForCells(block, table.rows, column.col, [&](Index row, double value) {
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
               "': label ", FormatNumber(value),
               std::isinf(value) ? " is infinite"
                                 : " is too large: labels are kept in single "
                                   "precision"),
           "scale the labels before they are converted");
    }
  });
  // Labels are kept in single precision.
  constexpr double kMostChange = 0.01;
  Require(!(high > low) || change <= kMostChange * (high - low),
          ErrorKind::kBadInput,
          Str("task '", column.name(),
              "': its labels differ by too little for single precision, from ",
              FormatNumber(low), " to ", FormatNumber(high)),
          "subtract their mean, or scale them, before they are converted");
  return task;
}

Task MakeClasses(const TableColumn& column, TaskType type, CodedColumn coded) {
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
  Task task;
  task.type = type;
  task.classes = std::move(coded.names);
  return task;
}

// What stands between the labels of cells that list them.
std::string ListSeparator(const std::vector<std::string>& cells) {
  const bool lists =
      std::all_of(cells.begin(), cells.end(), [](const std::string& cell) {
        const std::string_view text = Trim(cell);
        return text.starts_with('[') && text.ends_with(']');
      });
  if (lists && !cells.empty()) return "[]";
  for (const char separator : {';', '|', ','}) {
    for (const std::string& cell : cells) {
      if (cell.find(separator) != std::string::npos) return {separator};
    }
  }
  return ";";
}

// Times and events of survival, each numbers.
Task MakeSurvival(const Dataset& table, const TableColumn& time,
                  const TableColumn& event, TaskType type) {
  Task task = MakeNumbers(table, time, type);
  MakeNumbers(table, event, type);
  task.width = 2;
  task.name = time.name();
  task.source.columns = {time.name(), event.name()};
  return task;
}

// A multi-label task of one column whose cells list labels.
Task MakeListed(const CodedColumn& coded) {
  Task task;
  task.type = TaskType::kMultilabel;
  task.source.separator = ListSeparator(coded.names);
  std::set<std::string> labels;
  for (const std::string& cell : coded.names) {
    for (std::string& label : ListedLabels(cell, task.source.separator)) {
      labels.insert(std::move(label));
    }
  }
  task.classes.assign(labels.begin(), labels.end());
  std::sort(task.classes.begin(), task.classes.end(), NaturalLess);
  return task;
}

// A label for each word, between blanks.
Task MakeTags(const TableColumn& column, const CodedColumn& coded,
              TaskType type) {
  Task task;
  task.type = type;
  std::set<std::string> tags;
  for (const std::string& cell : coded.names) {
    ForBlankWords(cell, [&](std::string_view tag) {
      if (tag != kNoTag) tags.emplace(tag);
    });
  }
  task.classes.assign(tags.begin(), tags.end());
  std::sort(task.classes.begin(), task.classes.end(), NaturalLess);
  Require(
      task.classes.size() >= 2, ErrorKind::kBadInput,
      Str("task '", column.name(), "' has ",
          task.classes.empty() ? "no labels"
                               : Str("one tag only, '", task.classes[0], "'")),
      "there is nothing to learn from it");
  return task;
}

// A multi-label task of several columns with two values each.
Task MakeJoined(const Dataset& table,
                const std::vector<std::pair<std::string, Columns>>& named) {
  Task task;
  task.type = TaskType::kMultilabel;
  for (const auto& [name, columns] : named) {
    const CodedColumn coded = CodeColumns(table, columns);
    const std::vector<std::string>& texts = coded.names;
    Require(texts.size() <= 2, ErrorKind::kUsage,
            Str("column '", name, "' has ", texts.size(),
                " different values; a label has two"));
    task.classes.push_back(name);
    task.source.columns.push_back(name);
    // One value alone is "not set", unless it is 1.
    const bool is_one = texts.size() == 1 && texts[0] == "1";
    task.source.absent.push_back(is_one || texts.empty() ? "0" : texts[0]);
    task.source.present.push_back(texts.size() == 2 ? texts[1] : "1");
  }
  return task;
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

Task MakeTask(const Dataset& table, const std::string& name,
              const Columns& columns, std::optional<TaskType> type) {
  const TableColumn& first = columns[0];
  const InputBlock& block = table.inputs[first.block];
  const bool is_number = block.kind != InputKind::kCategorical;
  Task task;
  if (type && type->traits().is_written) {
    Require(
        !is_number, ErrorKind::kUsage,
        Str("task '", name, "' holds numbers, no texts"),
        Str("if it does: mtl-convert --type ", NameInList(name), "=category"));
    task.type = *type;
    task.name = name;
    task.source.columns = {name};
    return task;
  }
  // Numbers are not taken apart into values where that is not asked for.
  const bool numbers =
      type ? !type->traits().has_classes
           : is_number && HasMoreNumbers(block, table.rows, first.col, 2);
  if (numbers && columns.size() == 1) {
    task = MakeNumbers(table, first, type.value_or(TaskType::kRegression));
  } else {
    CodedColumn coded = CodeColumns(table, columns);
    const TaskType chosen = type.value_or(InferType(coded));
    task = !chosen.traits().has_classes ? MakeNumbers(table, first, chosen)
           : chosen.traits().of_tokens  ? MakeTags(first, coded, chosen)
           : chosen.traits().one_class
               ? MakeClasses(first, chosen, std::move(coded))
               : MakeListed(coded);
  }
  task.name = name;
  task.source.columns = {name};
  return task;
}

}  // namespace

// What stands in front of an option behind the type.
static std::string_view TakeOptions(std::string_view text,
                                    TaskRequest* request) {
  for (const auto& [option, value] :
       {std::pair(std::string_view(":event="), &request->event),
        std::pair(std::string_view("=tags:of="), &request->of),
        std::pair(std::string_view("=sequence:of="), &request->of)}) {
    const std::size_t at = text.rfind(option);
    if (at == std::string_view::npos) continue;
    *value = text.substr(at + option.size());
    return text.substr(0, option.front() == '=' ? text.find(':', at) : at);
  }
  return text;
}

TaskRequest ParseTaskRequest(std::string_view text,
                             const std::vector<TableColumn>& columns) {
  TaskRequest request;
  request.pattern = std::string(text);
  const std::size_t equals = text.rfind('=');
  const bool whole = std::any_of(
      columns.begin(), columns.end(),
      [&](const TableColumn& column) { return column.name() == text; });
  if (equals == std::string_view::npos || whole) return request;
  const std::string where = Str("--task ", text);
  const std::string_view head = TakeOptions(text, &request);
  const std::size_t before_type = head.rfind('=');
  Require(before_type != std::string_view::npos, ErrorKind::kUsage,
          Str(where, ": options without a type"),
          "write TIME=survival:event=COLUMN, TASK=tags:of=COLUMN or "
          "TASK=sequence:of=COLUMN");
  request.pattern = std::string(head.substr(0, before_type));
  request.type = InContext(
      where, [&] { return ParseTaskType(head.substr(before_type + 1)); });
  Require(!request.type->traits().is_map, ErrorKind::kUsage,
          Str(where, ": a column is no map of pixels"),
          "mtl-convert --masks makes maps of pictures");
  const bool is_censored = request.type->traits().is_censored;
  Require(is_censored == !request.event.empty(), ErrorKind::kUsage,
          is_censored ? Str(where,
                            ": a time alone does not say whether the "
                            "event came")
                      : Str(where, ": only tasks of type survival have events"),
          "write TIME=survival:event=COLUMN, where COLUMN holds 1 if the event "
          "came then, 0 if not");
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
  if (!request.event.empty()) {
    const Columns events = FindColumns(columns, request.event, "--task");
    used->insert(used->end(), events.begin(), events.end());
    Require(named.size() == 1 && ByName(events).size() == 1, ErrorKind::kUsage,
            Str("--task ", request.pattern, ":event=", request.event,
                ": a time and an event are one column each"),
            "give each task a --task of its own");
    tasks.push_back(
        {MakeSurvival(table, found[0], events[0], *request.type), {}});
  } else if (is_set && named.size() > 1) {
    tasks.push_back({MakeJoined(table, named), {}});
    tasks.back().task.name = NameOfPattern(request.pattern);
  } else {
    for (const auto& [name, own] : named) {
      tasks.push_back({MakeTask(table, name, own, request.type), {}});
    }
  }
  for (LabelledTask& task : tasks) {
    task.labels = ReadLabels(task.task, table).labels;
  }
  return tasks;
}

bool HasTwoNumbers(const Dataset& table, const TableColumn& column) {
  const InputBlock& block = table.inputs[column.block];
  return block.kind != InputKind::kCategorical &&
         HasMoreNumbers(block, table.rows, column.col, 1) &&
         !HasMoreNumbers(block, table.rows, column.col, 2);
}

std::vector<LabelledTask> SplitTask(const LabelledTask& whole,
                                    const std::string& column,
                                    const CodedColumn& by) {
  std::vector<LabelledTask> parts(by.names.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i].task = whole.task;
    parts[i].task.name = Str(whole.task.name, ".", by.names[i]);
    parts[i].task.source.per_column = column;
    parts[i].task.source.per_value = by.names[i];
    parts[i].labels.on_all_rows = false;
  }
  const auto cols = static_cast<std::size_t>(whole.task.target_cols());
  for (std::size_t row = 0; row < by.codes.size(); ++row) {
    if (by.codes[row] < 0) continue;
    Labels& labels = parts[static_cast<std::size_t>(by.codes[row])].labels;
    labels.rows.push_back(static_cast<Index>(row));
    labels.values.Append(whole.labels.values, row * cols, cols);
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
  LabelCells& labels = task->labels.values;
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = 1 - labels[i];
}

}  // namespace mtlkit
