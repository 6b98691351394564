#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text/format.h"
#include "text/text_window.h"

namespace mtlkit {

// The lines of a text, which hold no control characters but tabs: kBadInput
// names file and line of the first.
class LineReader {
 public:
  explicit LineReader(TextSource* source) : window_(source) {}

  // The next line without its ending, valid until the next call; false at the
  // end.
  bool Next(std::string_view* text);
  // The same without taking it.
  bool Peek(std::string_view* text);
  void Rewind();
  // Number of the line that was taken last, from 1.
  Index line() const { return line_; }
  const std::string& name() const { return window_.name(); }
  [[noreturn]] void FailHere(const std::string& what,
                             const std::string& hint) const;

 private:
  TextWindow window_;
  Index line_ = 0;
};

// A column of texts, whatever they look like.
Column TextColumnOf(std::string name);
// A cell of such a column, missing where the text is empty.
Cell TextCell(std::string_view text);

}  // namespace mtlkit
