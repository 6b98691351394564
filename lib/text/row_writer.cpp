#include "text/row_writer.h"

#include <charconv>
#include <cmath>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "h5/atomic_file.h"
#include "text/written_format.h"

namespace mtlkit {

void TextRowWriter::BeginRow() {
  column_ = 0;
  OpenRow();
}

template <class T>
void TextRowWriter::PutNumber(T value) {
  OpenCell(column_++);
  char text[32];
  buffer_.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

void TextRowWriter::Number(float value) {
  std::isfinite(value) ? PutNumber(value) : Missing();
}

void TextRowWriter::Number(double value) {
  std::isfinite(value) ? PutNumber(value) : Missing();
}

void TextRowWriter::Integer(std::int64_t value) {
  PutNumber(value);
}

void TextRowWriter::Text(std::string_view text) {
  OpenCell(column_++);
  PutText(text);
}

void TextRowWriter::Missing() {
  OpenCell(column_++);
  PutMissing();
}

void TextRowWriter::Zeros(Index count) {
  for (; count > 0; --count) {
    OpenCell(column_++);
    buffer_ += '0';
  }
}

std::vector<std::string> NamesOf(const std::vector<TextColumn>& columns) {
  std::vector<std::string> names;
  std::set<std::string_view> seen;
  for (const TextColumn& column : columns) {
    for (const std::string& name : column.names) {
      Require(seen.insert(name).second, ErrorKind::kBadInput,
              Str("two columns would be called '", name, "'"),
              "name the inputs and tasks apart");
      names.push_back(name);
    }
  }
  return names;
}

void WriteRows(const WrittenTable& table, TextRowWriter* rows,
               std::string* buffer, const std::string& output) {
  constexpr std::size_t kBufferBytes = 1 << 20;
  AtomicFile file(output);
  const Index count = table.RowCount();
  for (Index i = 0; i < count; ++i) {
    const Index row = table.RowAt(i);
    rows->BeginRow();
    for (const TextColumn& column : table.columns) column.put(row, rows);
    rows->EndRow();
    if (buffer->size() < kBufferBytes) continue;
    file.Write(*buffer);
    buffer->clear();
  }
  file.Write(*buffer);
  file.Commit();
}

}  // namespace mtlkit
