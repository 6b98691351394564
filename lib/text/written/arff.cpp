// arff: of Weka (Hall et al. 2009), with labels last and counted in the name of
// the relation as MEKA does (Read et al. 2016), and with Mulan's list of them
// (Tsoumakas et al. 2011).
#include <algorithm>
#include <cctype>

#include "base/error.h"
#include "base/text.h"
#include "h5/atomic_file.h"
#include "text/row_writer.h"
#include "text/text_lists.h"
#include "text/written_format.h"

namespace mtlkit {
namespace {

// In quotes wherever a reader could take it for something else.
void AppendArffText(std::string_view text, std::string* buffer) {
  const auto is_plain = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalnum(byte) != 0 ||
           std::string_view("_-+.=/:;#&*!").find(c) != std::string_view::npos;
  };
  if (!text.empty() && std::ranges::all_of(text, is_plain)) {
    *buffer += text;
    return;
  }
  *buffer += '\'';
  for (const char c : text) {
    switch (c) {
      case '\n':
        *buffer += "\\n";
        break;
      case '\r':
        *buffer += "\\r";
        break;
      case '\t':
        *buffer += "\\t";
        break;
      case '\'':
      case '\\':
        *buffer += '\\';
        [[fallthrough]];
      default:
        *buffer += c;
    }
  }
  *buffer += '\'';
}

// Where rows are sparse, zeros of sparse columns are not written, and all
// others are, even those that Weka would take for granted.
class ArffRows : public TextRowWriter {
 public:
  ArffRows(std::string* buffer, const std::vector<TextColumn>& columns,
           bool is_sparse)
      : TextRowWriter(buffer), is_sparse_(is_sparse) {
    for (const TextColumn& column : columns) {
      for (const std::string& name : column.names) {
        columns_.push_back({name, column.type});
      }
    }
  }

  void EndRow() override { buffer_ += is_sparse_ ? "}\n" : "\n"; }
  void Zeros(Index count) override {
    is_sparse_ ? Pass(count) : TextRowWriter::Zeros(count);
  }

 private:
  void OpenRow() override {
    if (is_sparse_) buffer_ += '{';
    is_first_ = true;
    ++rows_;
  }
  void OpenCell(Index column) override {
    if (!is_first_) buffer_ += ',';
    is_first_ = false;
    cell_ = &columns_[At(column)];
    if (is_sparse_) buffer_ += Str(column, ' ');
  }
  void PutMissing() override { buffer_ += '?'; }
  void PutText(std::string_view text) override {
    const bool is_fraction = cell_->type == CellType::kFraction;
    if (!is_fraction && cell_->type != CellType::kTime) {
      return AppendArffText(text, &buffer_);
    }
    // SciPy reads no letter in a date.
    std::string time(text);
    std::ranges::replace(time, 'T', ' ');
    if (is_fraction) PadMilliseconds(&time);
    AppendArffText(time, &buffer_);
  }

  // Weka takes the digits behind the point for a number of milliseconds.
  void PadMilliseconds(std::string* time) const {
    constexpr std::size_t kDigits = 3;
    const std::size_t point = time->find('.');
    const std::size_t digits =
        point == std::string::npos ? 0 : time->size() - point - 1;
    if (digits > kDigits) {
      Fail(ErrorKind::kBadInput,
           Str("row ", rows_, ": column '", ShowText(cell_->name), "': '",
               *time, "' is finer than milliseconds, which dates of ARFF are"),
           "write CSV or JSON lines");
    }
    if (digits == 0) *time += '.';
    time->append(kDigits - digits, '0');
  }

  struct CellColumn {
    std::string name;
    CellType type;
  };
  bool is_sparse_;
  bool is_first_ = true;
  std::vector<CellColumn> columns_;
  const CellColumn* cell_ = nullptr;  // of the cell
  Index rows_ = 0;                    // begun so far
};

void AppendType(const TextColumn& column, std::string* buffer) {
  switch (column.type) {
    case CellType::kNumber:
      *buffer += "numeric";
      break;
    case CellType::kText:
      *buffer += "string";
      break;
    case CellType::kDay:
      *buffer += "date yyyy-MM-dd";
      break;
    case CellType::kTime:
      *buffer += "date \"yyyy-MM-dd HH:mm:ss\"";
      break;
    case CellType::kFraction:
      *buffer += "date \"yyyy-MM-dd HH:mm:ss.SSS\"";
      break;
    case CellType::kClass:
      for (std::size_t i = 0; i < column.classes.size(); ++i) {
        *buffer += i == 0 ? '{' : ',';
        AppendArffText(column.classes[i], buffer);
      }
      *buffer += column.classes.empty() ? "{}" : "}";
      break;
  }
}

std::string Header(const std::vector<TextColumn>& columns, Index labels) {
  std::string text = "@relation ";
  AppendArffText(labels == 0 ? "mtlkit" : Str("mtlkit: -C -", labels), &text);
  text += "\n\n";
  for (const TextColumn& column : columns) {
    for (const std::string& name : column.names) {
      text += "@attribute ";
      AppendArffText(name, &text);
      text += ' ';
      AppendType(column, &text);
      text += '\n';
    }
  }
  return text + "\n@data\n";
}

std::string XmlText(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string LabelList(const std::vector<std::string>& labels) {
  Require(!labels.empty(), ErrorKind::kUsage,
          "--label-list: there are no labels",
          "mtl-prep --task says which columns are");
  std::string text =
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
      "<labels xmlns=\"http://mulan.sourceforge.net/labels\">\n";
  for (const std::string& label : labels) {
    text += Str("  <label name=\"", XmlText(label), "\"/>\n");
  }
  return text + "</labels>\n";
}

// Ids that only count the rows say nothing, and would be learned from.
bool HasRunningIds(const Dataset& dataset) {
  const auto* ids = std::get_if<NumberIds>(&dataset.ids);
  return ids != nullptr && *ids == RunningIds(dataset.rows);
}

void WriteArff(const WrittenTable& table, const WritingOptions& options,
               const std::string& output, Reporter* reporter) {
  WrittenTable ordered = table;
  if (table.dataset != nullptr && HasRunningIds(*table.dataset)) {
    ordered.columns.erase(ordered.columns.begin());
  }
  // Weka would learn from them.
  if (std::erase_if(ordered.columns,
                    [](const TextColumn& column) { return column.is_split; }) >
          0 &&
      options.split.empty()) {
    reporter->Note(
        "ARFF has no splits: they are left out, --split NAME writes the rows "
        "of one");
  }
  const auto labels = std::stable_partition(
      ordered.columns.begin(), ordered.columns.end(),
      [](const TextColumn& column) { return !column.is_label; });
  const std::vector<TextColumn> last(labels, ordered.columns.end());
  const std::vector<std::string> names = NamesOf(last);
  NamesOf(ordered.columns);
  std::string buffer = Header(ordered.columns, std::ssize(names));
  const bool is_sparse = std::ranges::any_of(
      table.columns,
      [](const TextColumn& column) { return column.names.size() > 1; });
  ArffRows rows(&buffer, ordered.columns, is_sparse);
  const std::string list = options.label_list.empty() ? "" : LabelList(names);
  WriteRows(ordered, &rows, &buffer, output);
  if (list.empty()) return;
  AtomicFile file(options.label_list);
  file.Write(list);
  file.Commit();
}

}  // namespace

extern const WrittenFormat kArffOutput;
const WrittenFormat kArffOutput = {
    "arff",
    ".arff",
    "ARFF",
    "ARFF of Weka, labels last as MEKA has them; sparse where inputs are",
    "label-list split",
    WrittenFormat::Source::kColumns,
    WriteArff};

}  // namespace mtlkit
