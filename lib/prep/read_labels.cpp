#include "prep/read_labels.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"
#include "prep/table_columns.h"

namespace mtlkit {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

// Whether two texts are one value: equal, or equal as numbers.
bool IsSameValue(const std::string& a, const std::string& b) {
  if (a == b) return true;
  double x = 0;
  double y = 0;
  return ParseNumber(a, &x) && ParseNumber(b, &y) && x == y;
}

const TableColumn* FindNamed(const std::vector<TableColumn>& columns,
                             const std::string& name) {
  for (const TableColumn& column : columns) {
    if (column.name() == name) return &column;
  }
  return nullptr;
}

// The numbers of the classes by their names and, where they are numbers, by
// their values.
class ClassFinder {
 public:
  explicit ClassFinder(const std::vector<std::string>& classes) {
    for (std::size_t k = 0; k < classes.size(); ++k) {
      const auto number = static_cast<Index>(k);
      by_name_.emplace(classes[k], number);
      double value = 0;
      if (ParseNumber(classes[k], &value)) by_value_.emplace(value, number);
    }
  }

  Index Find(const std::string& name) const {
    const auto named = by_name_.find(name);
    if (named != by_name_.end()) return named->second;
    double value = 0;
    if (!ParseNumber(name, &value)) return -1;
    const auto valued = by_value_.find(value);
    return valued == by_value_.end() ? -1 : valued->second;
  }

 private:
  std::map<std::string, Index> by_name_;
  std::map<double, Index> by_value_;
};

// One reading under way.
class LabelReader {
 public:
  LabelReader(const Task& task, const Dataset& table)
      : task_(task),
        source_(task.source),
        table_(table),
        columns_(ListColumns(table.inputs)) {
    if (!source_.empty()) return;
    const bool joined =
        task.is_classification() && !task.type.traits().one_class;
    source_.columns = joined ? task.classes : std::vector{task.name};
    if (!joined) return;
    source_.absent.assign(task.classes.size(), "0");
    source_.present.assign(task.classes.size(), "1");
  }

  RawLabels Run() {
    read_.labels.on_all_rows = false;
    std::vector<const TableColumn*> found;
    for (const std::string& name : source_.columns) {
      found.push_back(FindNamed(columns_, name));
      if (found.back() == nullptr) return std::move(read_);
    }
    const TableColumn* per = nullptr;
    if (!source_.per_column.empty()) {
      per = FindNamed(columns_, source_.per_column);
      if (per == nullptr) return std::move(read_);
    }
    read_.has_columns = true;
    read_.labels.on_all_rows = true;
    if (!task_.is_classification()) {
      ReadNumbers(*found[0]);
    } else if (task_.type.traits().one_class) {
      ReadClasses(CodeColumn(table_, *found[0]));
    } else if (source_.absent.empty()) {
      ReadLists(CodeColumn(table_, *found[0]));
    } else {
      ReadJoined(found);
    }
    if (per != nullptr) KeepRowsOf(CodeColumn(table_, *per));
    return std::move(read_);
  }

 private:
  std::size_t rows() const { return At(table_.rows); }

  // Cells of every row from what each code of a column means; a code without a
  // meaning is unknown.
  void Fill(const CodedColumn& column,
            const std::vector<std::optional<std::vector<float>>>& meanings,
            std::size_t first_col, std::size_t cols) {
    std::vector<float>& values = read_.labels.values;
    values.resize(rows() * cols, kMissing);
    for (std::size_t row = 0; row < rows(); ++row) {
      const std::int32_t code = column.codes[row];
      if (code < 0) continue;
      const auto& meaning = meanings[At(code)];
      if (!meaning) {
        AddUnknown(column.names[At(code)]);
        continue;
      }
      std::copy(meaning->begin(), meaning->end(),
                values.begin() + static_cast<Index>(row * cols + first_col));
    }
  }

  void AddUnknown(const std::string& text) {
    ++read_.unread;
    if (seen_.insert(text).second) read_.unknown.push_back(text);
  }

  void ReadNumbers(const TableColumn& column) {
    const InputBlock& block = table_.inputs[column.block];
    if (block.kind == InputKind::kCategorical) {
      return ReadWords(CodeColumn(table_, column));
    }
    std::vector<float>& values = read_.labels.values;
    values.reserve(rows());
    for (Index row = 0; row < table_.rows; ++row) {
      const double number = CellNumber(block, row, column.col);
      values.push_back(static_cast<float>(number));
      if (!std::isinf(values.back())) continue;
      AddUnknown(FormatNumber(number));
      values.back() = kMissing;
    }
  }

  // Numbers in a column of words.
  void ReadWords(const CodedColumn& column) {
    std::vector<std::optional<std::vector<float>>> meanings;
    for (const std::string& name : column.names) {
      double value = 0;
      meanings.emplace_back();
      if (ParseNumber(name, &value) &&
          std::isfinite(static_cast<float>(value))) {
        meanings.back() = {static_cast<float>(value)};
      }
    }
    Fill(column, meanings, 0, 1);
  }

  void ReadClasses(const CodedColumn& column) {
    const ClassFinder classes(task_.classes);
    std::vector<std::optional<std::vector<float>>> meanings;
    for (const std::string& name : column.names) {
      const Index number = classes.Find(name);
      meanings.emplace_back();
      if (number >= 0) meanings.back() = {static_cast<float>(number)};
    }
    Fill(column, meanings, 0, 1);
  }

  void ReadLists(const CodedColumn& column) {
    const ClassFinder classes(task_.classes);
    std::vector<std::optional<std::vector<float>>> meanings;
    for (const std::string& cell : column.names) {
      std::vector<float> marks(task_.classes.size(), 0.0F);
      for (const std::string& label : ListedLabels(cell, source_.separator)) {
        const Index number = classes.Find(label);
        number < 0 ? AddUnknown(label)
                   : static_cast<void>(marks[At(number)] = 1);
      }
      meanings.emplace_back(std::move(marks));
    }
    Fill(column, meanings, 0, task_.classes.size());
  }

  void ReadJoined(const std::vector<const TableColumn*>& columns) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const CodedColumn coded = CodeColumn(table_, *columns[i]);
      std::vector<std::optional<std::vector<float>>> meanings;
      for (const std::string& name : coded.names) {
        meanings.emplace_back();
        if (IsSameValue(name, source_.present[i])) meanings.back() = {1.0F};
        if (IsSameValue(name, source_.absent[i])) meanings.back() = {0.0F};
      }
      Fill(coded, meanings, i, columns.size());
    }
  }

  void KeepRowsOf(const CodedColumn& per) {
    const std::size_t cols = At(task_.target_cols());
    Labels kept;
    kept.on_all_rows = false;
    for (std::size_t row = 0; row < rows(); ++row) {
      const std::int32_t code = per.codes[row];
      if (code < 0 || !IsSameValue(per.names[At(code)], source_.per_value)) {
        continue;
      }
      kept.rows.push_back(static_cast<Index>(row));
      const auto first =
          read_.labels.values.begin() + static_cast<Index>(row * cols);
      kept.values.insert(kept.values.end(), first,
                         first + static_cast<Index>(cols));
    }
    read_.labels = std::move(kept);
  }

  const Task& task_;
  LabelSource source_;
  const Dataset& table_;
  std::vector<TableColumn> columns_;
  RawLabels read_;
  std::set<std::string> seen_;
};

// "'red', 'blue'" -> red, blue: the inside of a list.
std::vector<std::string> ListMembers(std::string_view inside) {
  std::vector<std::string> members;
  for (const std::string& part : Split(inside, ',')) {
    std::string_view member = Trim(part);
    const bool quoted = member.size() >= 2 && member.front() == member.back() &&
                        (member.front() == '\'' || member.front() == '"');
    if (quoted) member = member.substr(1, member.size() - 2);
    if (!member.empty()) members.emplace_back(member);
  }
  return members;
}

}  // namespace

std::vector<std::string> ListedLabels(std::string_view cell,
                                      std::string_view separator) {
  const std::string_view text = Trim(cell);
  if (separator == "[]") {
    const bool is_list =
        text.size() >= 2 && text.front() == '[' && text.back() == ']';
    return ListMembers(is_list ? text.substr(1, text.size() - 2) : text);
  }
  std::vector<std::string> labels;
  for (const std::string& part : Split(text, separator.front())) {
    const std::string_view label = Trim(part);
    if (!label.empty()) labels.emplace_back(label);
  }
  return labels;
}

RawLabels ReadLabels(const Task& task, const Dataset& table) {
  return LabelReader(task, table).Run();
}

std::vector<std::string> LabelProblems(const std::vector<Task>& tasks,
                                       const Dataset& table) {
  std::vector<std::string> problems;
  for (const Task& task : tasks) {
    if (FindTask(table.tasks, task.name) >= 0) continue;
    const RawLabels raw = ReadLabels(task, table);
    if (raw.unread == 0) continue;
    const std::string what =
        task.is_classification() ? "no class of the model" : "no number";
    problems.push_back(
        Str("task '", task.name, "': '", raw.unknown.front(), "' is ", what,
            ": ", Counted(raw.unread, "such cell counts", "such cells count"),
            " as not labelled",
            task.is_classification()
                ? Str(" (its classes are: ", Join(task.classes, ", "), ")")
                : ""));
  }
  return problems;
}

}  // namespace mtlkit
