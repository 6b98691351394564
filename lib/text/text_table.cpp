#include "text/text_table.h"

#include <charconv>
#include <cmath>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "h5/atomic_file.h"
#include "text/csv_cells.h"

namespace mtlkit {
namespace {

constexpr std::size_t kBufferBytes = 1 << 20;

// A row as text, appended to a buffer.
class RowText : public CellWriter {
 public:
  explicit RowText(std::string* buffer) : buffer_(*buffer) {}
  // Cells so far that a spreadsheet would run.
  virtual Index formulas() const { return 0; }
  virtual void BeginRow() = 0;
  // Called before each cell.
  virtual void BeginCell(std::size_t column) = 0;
  virtual void EndRow() = 0;

  void Number(float value) override { PutNumber(value); }
  void Number(double value) override { PutNumber(value); }
  void Integer(std::int64_t value) override { PutNumber(value); }

 protected:
  std::string& buffer_;

 private:
  template <class T>
  void PutNumber(T value) {
    if constexpr (std::is_floating_point_v<T>) {
      if (!std::isfinite(value)) return Missing();
    }
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    buffer_.append(text, end);
  }
};

class CsvRow : public RowText {
 public:
  CsvRow(std::string* buffer, bool safe_cells)
      : RowText(buffer), cells_(safe_cells) {}
  Index formulas() const override { return cells_.formulas(); }
  void BeginRow() override {}
  void BeginCell(std::size_t column) override {
    if (column > 0) buffer_ += ',';
  }
  void EndRow() override { buffer_ += '\n'; }
  void Missing() override {}
  void Text(std::string_view text) override { cells_.Append(text, &buffer_); }

 private:
  CsvCells cells_;
};

void AppendJsonText(std::string_view text, std::string* buffer) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  *buffer += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      *buffer += '\\';
      *buffer += c;
    } else if (byte < ' ') {
      *buffer += "\\u00";
      *buffer += kDigits[byte >> 4];
      *buffer += kDigits[byte & 15];
    } else {
      *buffer += c;
    }
  }
  *buffer += '"';
}

class JsonRow : public RowText {
 public:
  JsonRow(const std::vector<TextColumn>& columns, std::string* buffer)
      : RowText(buffer) {
    for (const TextColumn& column : columns) {
      std::string& key = keys_.emplace_back();
      AppendJsonText(column.name, &key);
      key += ":";
    }
  }
  void BeginRow() override { buffer_ += '{'; }
  void BeginCell(std::size_t column) override {
    if (column > 0) buffer_ += ',';
    buffer_ += keys_[column];
  }
  void EndRow() override { buffer_ += "}\n"; }
  void Missing() override { buffer_ += "null"; }
  void Text(std::string_view text) override { AppendJsonText(text, &buffer_); }

 private:
  std::vector<std::string> keys_;
};

void WriteHeader(const std::vector<TextColumn>& columns, CsvRow* header) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    header->BeginCell(i);
    header->Text(columns[i].name);
  }
  header->EndRow();
}

void RequireUniqueNames(const std::vector<TextColumn>& columns) {
  std::set<std::string_view> names;
  for (const TextColumn& column : columns) {
    Require(names.insert(column.name).second, ErrorKind::kBadInput,
            Str("two columns would be called '", column.name, "'"),
            "name the inputs and tasks apart");
  }
}

}  // namespace

TextFormat ParseTextFormat(std::string_view name) {
  if (name == "csv") return TextFormat::kCsv;
  Require(name == "jsonl", ErrorKind::kUsage,
          Str("there is no text format '", name, "'"), "known: csv, jsonl");
  return TextFormat::kJsonLines;
}

std::optional<TextFormat> TextFormatOfName(std::string_view path) {
  if (HasEnding(path, ".csv")) return TextFormat::kCsv;
  if (HasEnding(path, ".jsonl")) return TextFormat::kJsonLines;
  return std::nullopt;
}

Index WriteTextTable(const std::vector<TextColumn>& columns, Index rows,
                     TextFormat format, const std::string& output,
                     bool safe_cells) {
  RequireUniqueNames(columns);
  AtomicFile file(output);
  std::string buffer;
  std::unique_ptr<RowText> text;
  if (format == TextFormat::kCsv) {
    auto csv = std::make_unique<CsvRow>(&buffer, safe_cells);
    WriteHeader(columns, csv.get());
    text = std::move(csv);
  } else {
    text = std::make_unique<JsonRow>(columns, &buffer);
  }
  for (Index row = 0; row < rows; ++row) {
    text->BeginRow();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      text->BeginCell(i);
      columns[i].put(row, text.get());
    }
    text->EndRow();
    if (buffer.size() < kBufferBytes) continue;
    file.Write(buffer);
    buffer.clear();
  }
  file.Write(buffer);
  file.Commit();
  return text->formulas();
}

TextColumn IdColumn(const RowIds& ids) {
  return {"id", [&ids](Index row, CellWriter* cell) {
            const auto at = static_cast<std::size_t>(row);
            if (const auto* numbers = std::get_if<NumberIds>(&ids)) {
              cell->Integer((*numbers)[at]);
            } else {
              cell->Text(std::get<TextIds>(ids)[at]);
            }
          }};
}

}  // namespace mtlkit
