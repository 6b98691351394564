// jsonl: one object of JSON a line; null is missing.
#include "text/row_writer.h"
#include "text/written_format.h"

namespace mtlkit {
namespace {

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

class JsonRows : public TextRowWriter {
 public:
  JsonRows(const std::vector<std::string>& names, std::string* buffer)
      : TextRowWriter(buffer) {
    for (const std::string& name : names) {
      std::string& key = keys_.emplace_back(keys_.empty() ? "" : ",");
      AppendJsonText(name, &key);
      key += ':';
    }
  }

  void EndRow() override { buffer_ += "}\n"; }

 private:
  void OpenRow() override { buffer_ += '{'; }
  void OpenCell(Index column) override { buffer_ += keys_[At(column)]; }
  void PutMissing() override { buffer_ += "null"; }
  void PutText(std::string_view text) override {
    AppendJsonText(text, &buffer_);
  }

  std::vector<std::string> keys_;
};

void WriteJsonLines(const WrittenTable& table,
                    const WritingOptions& /*options*/,
                    const std::string& output, Reporter* /*reporter*/) {
  std::string buffer;
  JsonRows rows(NamesOf(table.columns), &buffer);
  WriteRows(table, &rows, &buffer, output);
}

}  // namespace

extern const WrittenFormat kJsonLinesOutput;
const WrittenFormat kJsonLinesOutput = {
    "jsonl",       ".jsonl",
    "JSON lines",  "an object of JSON a line; null is missing",
    "split",       WrittenFormat::Source::kColumns,
    WriteJsonLines};

}  // namespace mtlkit
