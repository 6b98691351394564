#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/view.h"
#include "text/text_source.h"

namespace mtlkit {

// The part of a text that is being looked at. A reader parses a record between
// begin() and end(); if the record goes on behind end(), it calls Grow and
// parses it again, which is rare because the window is large. Not thread-safe.
class TextWindow {
 public:
  explicit TextWindow(TextSource* source);

  char* begin() { return buffer_.data() + begin_; }
  char* end() { return buffer_.data() + end_; }
  // Nothing comes behind end().
  bool at_end() const { return at_end_; }
  // Reads more; the pointers change. False if nothing came. Throws kBadInput
  // where one record is larger than 64 MiB: `line` is its first line.
  bool Grow(Index line);
  // Everything before `position` has been read.
  void Consume(const char* position) {
    begin_ = static_cast<std::size_t>(position - buffer_.data());
  }
  void Rewind();
  const std::string& name() const { return source_->name(); }

  // The next line without its ending, and how many bytes it takes with it;
  // false at the end. Does not consume it.
  bool PeekLine(Index line, std::string_view* text, std::size_t* bytes);

 private:
  TextSource* source_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool at_end_ = false;
};

}  // namespace mtlkit
