#include "prep/read_labels.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/class_finder.h"
#include "data/head.h"
#include "data/tag_labels.h"
#include "prep/table_columns.h"
#include "prep/words.h"

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

// What a value of a column says of a task.
struct Meaning {
  std::vector<float> values;         // of the target columns; empty: nothing
  std::vector<std::string> unknown;  // labels that the task does not know
};

// Whether a cell is one as JSON lines have it: ["red","large"], [1,2], [].
bool IsJsonList(std::string_view cell) {
  const std::string_view text = Trim(cell);
  if (!text.starts_with('[') || !text.ends_with(']')) return false;
  const std::string_view inside = Trim(text.substr(1, text.size() - 2));
  double number = 0;
  return inside.empty() || (inside.starts_with('"') && inside.ends_with('"')) ||
         std::ranges::all_of(Split(inside, ','), [&](const std::string& part) {
           return ParseNumber(Trim(part), &number);
         });
}

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
    read_.labels.values = LabelCells(task_.traits().storage);
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
    if (task_.traits().is_written) {
      ReadPresence(CodeColumn(table_, *found[0]));
    } else if (!task_.is_classification()) {
      for (std::size_t col = 0; col < found.size(); ++col) {
        ReadNumbers(*found[col], col, found.size());
      }
      if (task_.traits().is_censored) RequireEvents();
    } else if (task_.type.traits().of_tokens) {
      ReadTags(CodeColumn(table_, *found[0]));
    } else if (task_.type.traits().one_class) {
      ReadClasses(CodeColumn(table_, *found[0]));
    } else if (source_.absent.empty()) {
      ReadLists(CodeColumn(table_, *found[0]));
    } else {
      ReadJoined(found);
    }
    ReadWeights();
    if (per != nullptr) KeepRowsOf(CodeColumn(table_, *per));
    FinishUnknown();
    return std::move(read_);
  }

 private:
  std::size_t rows() const { return At(table_.rows); }

  // Cells of every row from what each code of a column means.
  void Fill(const CodedColumn& column, const std::vector<Meaning>& meanings,
            std::size_t first_col, std::size_t cols) {
    LabelCells& values = read_.labels.values;
    if (values.empty()) values.assign(rows() * cols, kMissing);
    for (std::size_t row = 0; row < rows(); ++row) {
      const std::int32_t code = column.codes[row];
      if (code < 0) continue;
      const Meaning& meaning = meanings[At(code)];
      for (const std::string& name : meaning.unknown) AddUnknown(row, name);
      for (std::size_t i = 0; i < meaning.values.size(); ++i) {
        values[row * cols + first_col + i] = meaning.values[i];
      }
    }
  }

  void AddUnknown(std::size_t row, const std::string& text) {
    unknown_.emplace_back(static_cast<Index>(row), text);
  }

  // Column `col` of `cols`.
  void ReadNumbers(const TableColumn& column, std::size_t col,
                   std::size_t cols) {
    const InputBlock& block = table_.inputs[column.block];
    if (block.kind == InputKind::kCategorical) {
      return ReadWords(CodeColumn(table_, column), col, cols);
    }
    LabelCells& values = read_.labels.values;
    if (values.empty()) values.assign(rows() * cols, kMissing);
    ForCells(block, table_.rows, column.col, [&](Index row, double number) {
      const auto value = static_cast<float>(number);
      const bool fits = !std::isinf(value);
      if (fits) values[At(row) * cols + col] = value;
      if (!fits) AddUnknown(At(row), FormatNumber(number));
    });
  }

  // A time says nothing without its event, nor the other way round.
  void RequireEvents() const {
    const LabelCells& values = read_.labels.values;
    for (std::size_t row = 0; row < rows(); ++row) {
      const float time = values[2 * row];
      const float event = values[2 * row + 1];
      const bool is_missing = std::isnan(time) && std::isnan(event);
      if (is_missing || (time >= 0 && (event == 0 || event == 1))) continue;
      const std::string where =
          Str("task '", task_.name, "', row '",
              IdText(table_.ids, static_cast<Index>(row)), "': ");
      Require(!std::isnan(time) && !std::isnan(event), ErrorKind::kBadInput,
              Str(where, "it has a time or an event, and not both"),
              "give the other, or leave both empty");
      Fail(ErrorKind::kBadInput,
           time >= 0 ? Str(where, "event ", event, " is neither 0 nor 1")
                     : Str(where, "time ", time, " is below 0"),
           "times are counted from 0 on, events are 1 where they came");
    }
  }

  // Numbers in a column of words.
  void ReadWords(const CodedColumn& column, std::size_t col, std::size_t cols) {
    std::vector<Meaning> meanings;
    for (const std::string& name : column.names) {
      double value = 0;
      const bool reads =
          ParseNumber(name, &value) && std::isfinite(static_cast<float>(value));
      meanings.push_back(reads ? Meaning{{static_cast<float>(value)}, {}}
                               : Meaning{{}, {name}});
    }
    Fill(column, meanings, col, cols);
  }

  // Whether there is a text.
  void ReadPresence(const CodedColumn& column) {
    const std::vector<Meaning> meanings(column.names.size(), {{1.0F}, {}});
    Fill(column, meanings, 0, 1);
  }

  void ReadClasses(const CodedColumn& column) {
    const ClassFinder classes(task_.classes);
    const ClassFinder dropped(source_.dropped);
    std::vector<Meaning> meanings;
    for (const std::string& name : column.names) {
      const Index number = classes.Find(name);
      Meaning& meaning = meanings.emplace_back();
      if (number >= 0) {
        meaning.values = {static_cast<float>(number)};
      } else if (dropped.Find(name) < 0) {
        meaning.unknown = {name};
      }
    }
    Fill(column, meanings, 0, 1);
  }

  // Words between blanks, each of which is a place.
  void ReadTags(const CodedColumn& column) {
    const ClassFinder classes(task_.classes);
    const ClassFinder dropped(source_.dropped);
    Labels& labels = read_.labels;
    labels.on_all_rows = false;
    for (std::size_t row = 0; row < rows(); ++row) {
      const std::int32_t code = column.codes[row];
      if (code < 0) continue;
      ForBlankWords(column.names[At(code)], [&](std::string_view text) {
        const std::string tag(text);
        const Index number = tag == kNoTag ? -1 : classes.Find(tag);
        if (number < 0 && tag != kNoTag && dropped.Find(tag) < 0) {
          AddUnknown(labels.rows.size(), tag);
        }
        labels.rows.push_back(static_cast<Index>(row));
        labels.values.push_back(number < 0 ? kMissing
                                           : static_cast<float>(number));
      });
    }
  }

  void ReadLists(const CodedColumn& column) {
    const ClassFinder classes(task_.classes);
    const ClassFinder dropped(source_.dropped);
    std::vector<Meaning> meanings;
    for (const std::string& cell : column.names) {
      Meaning meaning{std::vector<float>(task_.classes.size()), {}};
      bool any = false;
      // A list of JSON says itself how it is divided.
      const bool is_json = IsJsonList(cell) && classes.Find(cell) < 0;
      for (std::string& label :
           ListedLabels(cell, is_json ? "[]" : source_.separator)) {
        const Index number = classes.Find(label);
        if (number >= 0) {
          meaning.values[At(number)] = 1;
          any = true;
        } else if (dropped.Find(label) < 0) {
          meaning.unknown.push_back(std::move(label));
        }
      }
      // Written otherwise than in training, it does not say what is not set.
      if (!any && !meaning.unknown.empty()) meaning.values.clear();
      meanings.push_back(std::move(meaning));
    }
    Fill(column, meanings, 0, task_.classes.size());
    is_list_ = true;
  }

  void ReadJoined(const std::vector<const TableColumn*>& columns) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const CodedColumn coded = CodeColumn(table_, *columns[i]);
      std::vector<Meaning> meanings;
      for (const std::string& name : coded.names) {
        meanings.push_back(
            IsSameValue(name, source_.absent[i])    ? Meaning{{0.0F}, {}}
            : IsSameValue(name, source_.present[i]) ? Meaning{{1.0F}, {}}
                                                    : Meaning{{}, {name}});
      }
      Fill(coded, meanings, i, columns.size());
    }
  }

  // Weights of rows that a dataset has are those of its labels, too.
  void ReadWeights() {
    if (table_.weights.empty()) MultiplyWeights(source_.weight);
    MultiplyWeights(source_.label_weight);
    std::vector<float>& weights = read_.labels.weights;
    if (weights.empty() || !task_.type.traits().of_tokens) return;
    std::vector<float> of_tokens;
    for (const Index row : read_.labels.rows) {
      of_tokens.push_back(weights[At(row)]);
    }
    weights = std::move(of_tokens);
  }

  bool HasLabelInRow(Index row) const {
    const Index place = read_.labels.PlaceOf(row);
    return place >= 0 && read_.labels.HasLabel(place, task_.target_cols());
  }

  void MultiplyWeights(const std::string& name) {
    const TableColumn* column =
        name.empty() ? nullptr : FindNamed(columns_, name);
    if (column == nullptr) return;
    const InputBlock& block = table_.inputs[column->block];
    std::vector<float>& weights = read_.labels.weights;
    if (weights.empty()) weights.assign(rows(), 1.0F);
    for (Index row = 0; row < table_.rows; ++row) {
      const double weight = CellNumber(block, row, column->col);
      Require(weight >= 0 || !HasLabelInRow(row), ErrorKind::kBadInput,
              Str("column '", name, "', row '", IdText(table_.ids, row),
                  "': the weight of a label is not a number from 0 on"),
              Str("write it as in training, or leave the weights out: "
                  "mtl-convert --type ",
                  name, "=ignore"));
      weights[At(row)] *= weight >= 0 ? static_cast<float>(weight) : 0.0F;
    }
  }

  void KeepRowsOf(const CodedColumn& per) {
    const std::size_t cols = At(task_.target_cols());
    Labels kept;
    kept.on_all_rows = false;
    std::vector<std::pair<Index, std::string>> unknown;
    std::ranges::stable_sort(unknown_, {},
                             &std::pair<Index, std::string>::first);
    auto next = unknown_.begin();
    for (std::size_t row = 0; row < rows(); ++row) {
      const std::int32_t code = per.codes[row];
      const bool keeps =
          code >= 0 && IsSameValue(per.names[At(code)], source_.per_value);
      const auto place = static_cast<Index>(kept.rows.size());
      for (; next != unknown_.end() && At(next->first) == row; ++next) {
        if (keeps) unknown.emplace_back(place, std::move(next->second));
      }
      if (!keeps) continue;
      kept.rows.push_back(static_cast<Index>(row));
      kept.values.Append(read_.labels.values, row * cols, cols);
      if (read_.labels.weights.empty()) continue;
      kept.weights.push_back(read_.labels.weights[row]);
    }
    unknown_ = std::move(unknown);
    read_.labels = std::move(kept);
  }

  void FinishUnknown() {
    UnknownLabelList list;
    std::vector<std::int32_t> places;
    const Index count = read_.labels.PlaceCount(task_.target_cols());
    Index last = -1;
    for (const auto& [place, name] : unknown_) {
      const bool same_cell = is_list_ && place == last;
      const std::int32_t number =
          same_cell ? list.AddToCell(name) : list.Add(name);
      last = place;
      if (is_list_ && !same_cell &&
          read_.labels.HasLabel(place, task_.target_cols())) {
        list.MarkPartly();
      }
      if (task_.type.traits().one_class) {
        SetUnknown(place, count, number, &places);
      }
    }
    read_.labels.unknown = list.Take();
    read_.labels.unknown.places = std::move(places);
  }

  const Task& task_;
  LabelSource source_;
  const Dataset& table_;
  std::vector<TableColumn> columns_;
  RawLabels read_;
  bool is_list_ = false;  // a cell lists labels
  // Row (place, once those of the task are known) and name.
  std::vector<std::pair<Index, std::string>> unknown_;
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

}  // namespace mtlkit
