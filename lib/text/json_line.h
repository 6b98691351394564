#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace mtlkit {

// One value of a row of JSON lines.
struct JsonField {
  enum class Kind { kNull, kNumber, kText, kTruth, kList };

  std::string_view key;
  Kind kind = Kind::kNull;
  // As it stands in a table: a number in the digits of the file, a text without
  // its escapes, true or false, a list of labels as ["red","large"].
  std::string_view text;
};

// Parses lines that are one object each (RFC 8259) whose values are numbers,
// texts, truth values, null, or lists of numbers and texts. Nothing nests
// deeper, so that no input takes more than its own memory. Not thread-safe.
class JsonLineParser {
 public:
  // False where [begin, end) is no such object: see error(). Escapes are
  // resolved in place; the fields point into the buffer, and are valid until
  // the next call.
  bool Parse(char* begin, char* end);

  const std::vector<JsonField>& fields() const { return fields_; }
  // "column 'a': 'NaN' is no JSON", and what to do about it, or "".
  const std::string& error() const { return error_; }
  const std::string& hint() const { return hint_; }

 private:
  bool Object();
  bool Member();
  bool Value(JsonField* field);
  bool List(JsonField* field);
  bool ListMember(std::string* list);
  bool Text(std::string_view* text);
  bool Escape(char** to);
  bool CodePoint(char** to);
  bool FourDigits(unsigned* value);
  bool Number(std::string_view* text);
  bool Word(std::string_view word, JsonField::Kind kind, JsonField* field);

  void SkipBlanks();
  // The next byte that is not blank; NUL, which begins nothing, at the end.
  char Front();
  bool Take(char mark);
  bool FailHere(std::string_view expected);
  bool FailValue(std::string problem, std::string_view hint);

  std::vector<JsonField> fields_;
  std::deque<std::string> lists_;  // what list cells are made of
  char* at_ = nullptr;
  char* end_ = nullptr;
  char* begin_ = nullptr;
  std::string_view key_;
  std::string error_;
  std::string hint_;
};

}  // namespace mtlkit
