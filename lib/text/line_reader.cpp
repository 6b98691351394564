#include "text/line_reader.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "base/error.h"

namespace mtlkit {
namespace {

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < ' ' && c != '\t') || byte == 0x7f;
}

}  // namespace

bool LineReader::Peek(std::string_view* text) {
  std::size_t bytes = 0;
  return window_.PeekLine(line_ + 1, text, &bytes);
}

bool LineReader::Next(std::string_view* text) {
  std::size_t bytes = 0;
  if (!window_.PeekLine(line_ + 1, text, &bytes)) return false;
  ++line_;
  window_.Consume(window_.begin() + bytes);
  const auto bad = std::ranges::find_if(*text, IsControl);
  if (bad == text->end()) return true;
  std::array<char, 8> code{};
  std::snprintf(code.data(), code.size(), "0x%02x",
                static_cast<unsigned>(static_cast<unsigned char>(*bad)));
  FailHere(Str("a control character, ", code.data(), ", which no text holds"),
           "take it out: tr -d '\\000-\\010\\013-\\037\\177' <FILE");
}

void LineReader::Rewind() {
  window_.Rewind();
  line_ = 0;
}

void LineReader::FailHere(const std::string& what,
                          const std::string& hint) const {
  Fail(ErrorKind::kBadInput, Str(name(), ":", line_, ": ", what), hint);
}

Column TextColumnOf(std::string name) {
  Column column;
  column.name = std::move(name);
  column.stored = ColumnType::kCategory;
  column.has_texts = true;
  return column;
}

Cell TextCell(std::string_view text) {
  return {text, text.empty()};
}

}  // namespace mtlkit
