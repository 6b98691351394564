#include "text/json_line.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/utf8.h"
#include "text/text_lists.h"

namespace mtlkit {
namespace {

constexpr std::string_view kOneLine =
    "a row is one object on one line: jq -c . FILE writes objects so";

constexpr std::string_view kNoMark =
    "objects end where their lines do: sed 's/[;,]$//' FILE takes the marks "
    "off";

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

bool JsonLineParser::Parse(char* begin, char* end) {
  fields_.clear();
  lists_.clear();
  error_.clear();
  hint_.clear();
  begin_ = at_ = begin;
  end_ = end;
  key_ = {};
  return Object();
}

bool JsonLineParser::Object() {
  if (!Take('{')) {
    error_ = Front() == '[' ? "a row is a list" : "a row is no JSON object";
    hint_ = "a row is an object of names and values, {\"age\": 30}";
    return false;
  }
  if (Take('}')) {
    // A row without any value.
  } else {
    do {
      if (!Member()) return false;
    } while (Take(','));
    if (!Take('}')) return FailHere("',' or '}'");
  }
  SkipBlanks();
  return at_ == end_ || FailHere("the end of the line");
}

bool JsonLineParser::Member() {
  if (Front() != '"') return FailHere("a name in quotes");
  JsonField field;
  if (!Text(&field.key)) return false;
  if (!Take(':')) return FailHere("':'");
  key_ = field.key;
  if (!Value(&field)) return false;
  key_ = {};
  fields_.push_back(field);
  return true;
}

bool JsonLineParser::Value(JsonField* field) {
  using Kind = JsonField::Kind;
  switch (Front()) {
    case '"':
      field->kind = Kind::kText;
      return Text(&field->text);
    case '[':
      field->kind = Kind::kList;
      return List(field);
    case '{':
      return FailValue("is an object",
                       "cells are numbers, texts and lists of them; give its "
                       "values names of their own, as pandas.json_normalize "
                       "does");
    case 't':
      return Word("true", Kind::kTruth, field);
    case 'f':
      return Word("false", Kind::kTruth, field);
    case 'n':
      return Word("null", Kind::kNull, field);
    default:
      field->kind = Kind::kNumber;
      return Number(&field->text);
  }
}

bool JsonLineParser::Word(std::string_view word, JsonField::Kind kind,
                          JsonField* field) {
  const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
  if (!rest.starts_with(word)) return FailHere("a value");
  field->kind = kind;
  field->text = rest.substr(0, word.size());
  at_ += word.size();
  return true;
}

// Labels in a list are told apart by commas (prep/read_labels.h).
bool JsonLineParser::List(JsonField* field) {
  std::string& list = lists_.emplace_back("[");
  Take('[');
  if (!Take(']')) {
    do {
      if (list.size() > 1) list += ',';
      if (!ListMember(&list)) return false;
    } while (Take(','));
    if (!Take(']')) return FailHere("',' or ']'");
  }
  list += ']';
  field->text = list;
  return true;
}

bool JsonLineParser::ListMember(std::string* list) {
  constexpr std::string_view kHint =
      "lists hold numbers, or texts without commas, as labels of a task; give "
      "other values names of their own";
  const char front = Front();
  std::string_view text;
  if (front == '"') {
    if (!Text(&text)) return false;
    if (text.empty() || text.find(',') != std::string_view::npos) {
      return FailValue(Str("is a list with the text '", ShowText(text), "'"),
                       kHint);
    }
    *list += Str("\"", text, "\"");
    return true;
  }
  if (front != '-' && !IsDigit(front)) {
    return FailValue("is a list of what is no number and no text", kHint);
  }
  if (!Number(&text)) return false;
  *list += text;
  return true;
}

bool JsonLineParser::Text(std::string_view* text) {
  char* const first = ++at_;
  char* to = first;
  while (at_ < end_ && *at_ != '"') {
    if (*at_ == '\\') {
      if (!Escape(&to)) return false;
      continue;
    }
    if (static_cast<unsigned char>(*at_) < ' ') {
      return FailValue("has a control character in a text",
                       "JSON writes it as an escape, \\t or \\u0009");
    }
    *to++ = *at_++;
  }
  if (at_ == end_) return FailHere("a closing quote");
  ++at_;
  *text = {first, static_cast<std::size_t>(to - first)};
  return true;
}

// Never longer than what stands in the text.
bool JsonLineParser::Escape(char** to) {
  constexpr std::string_view kMarks = "\"\\/bfnrt";
  constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
  ++at_;
  const char mark = at_ < end_ ? *at_ : '\0';
  if (mark == 'u') return CodePoint(to);
  const std::size_t which = mark == '\0' ? kMarks.npos : kMarks.find(mark);
  if (which == kMarks.npos) return FailHere("an escape such as \\n or \\u00e9");
  *(*to)++ = kMeant[which];
  ++at_;
  return true;
}

bool JsonLineParser::CodePoint(char** to) {
  unsigned point = 0;
  if (!FourDigits(&point)) return false;
  const bool is_first_half = point >= 0xd800 && point < 0xdc00;
  bool is_whole = !is_first_half && (point < 0xd800 || point >= 0xe000);
  if (is_first_half && end_ - at_ >= 2 && at_[0] == '\\' && at_[1] == 'u') {
    unsigned second = 0;
    ++at_;
    if (!FourDigits(&second)) return false;
    is_whole = second >= 0xdc00 && second < 0xe000;
    point = 0x10000 + ((point - 0xd800) << 10) + (second - 0xdc00);
  }
  if (!is_whole) {
    return FailValue("has half a surrogate pair in a text",
                     "write the whole character, as UTF-8 or \\ud83d\\ude00");
  }
  *to = PutUtf8(point, *to);
  return true;
}

// Behind the u of an escape.
bool JsonLineParser::FourDigits(unsigned* value) {
  ++at_;
  for (int i = 0; i < 4; ++i, ++at_) {
    const char c = at_ < end_ ? *at_ : '\0';
    const char lower = static_cast<char>(c | 0x20);
    const bool is_letter = lower >= 'a' && lower <= 'f';
    if (!IsDigit(c) && !is_letter) return FailHere("four hexadecimal digits");
    *value = *value * 16 +
             static_cast<unsigned>(is_letter ? lower - 'a' + 10 : c - '0');
  }
  return true;
}

bool JsonLineParser::Number(std::string_view* text) {
  char* const first = at_;
  const auto digits = [this] {
    const char* const from = at_;
    while (at_ < end_ && IsDigit(*at_)) ++at_;
    return at_ > from;
  };
  if (at_ < end_ && *at_ == '-') ++at_;
  char* const whole = at_;
  bool is_number = digits() && (*whole != '0' || at_ == whole + 1);
  if (is_number && at_ < end_ && *at_ == '.') {
    ++at_;
    is_number = digits();
  }
  if (is_number && at_ < end_ && (*at_ == 'e' || *at_ == 'E')) {
    ++at_;
    if (at_ < end_ && (*at_ == '+' || *at_ == '-')) ++at_;
    is_number = digits();
  }
  // "NaN", "1.5x": up to where the value ends.
  const char* const stop =
      std::find_if(at_, end_, [](char c) { return std::strchr(",}] \t", c); });
  const std::string_view all(first, static_cast<std::size_t>(stop - first));
  if (!is_number || stop != at_) {
    if (all.empty()) return FailHere("a value");
    return FailValue(Str("'", ShowText(all), "' is no JSON"),
                     "a missing value is null, a text stands in quotes, a "
                     "number is as 1, -0.5 or 2e9");
  }
  *text = all;
  return true;
}

void JsonLineParser::SkipBlanks() {
  while (at_ < end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\r')) ++at_;
}

char JsonLineParser::Front() {
  SkipBlanks();
  return at_ < end_ ? *at_ : '\0';
}

bool JsonLineParser::Take(char mark) {
  if (Front() != mark) return false;
  ++at_;
  return true;
}

bool JsonLineParser::FailHere(std::string_view expected) {
  error_ = at_ >= end_
               ? Str("the object is cut: ", expected, " is missing")
               : Str("byte ", at_ - begin_ + 1, " of the line is '",
                     ShowText({at_, 1}), "' where ", expected, " is wanted");
  const bool is_mark = at_ + 1 == end_ && (*at_ == ';' || *at_ == ',');
  hint_ = is_mark ? kNoMark : kOneLine;
  return false;
}

bool JsonLineParser::FailValue(std::string problem, std::string_view hint) {
  error_ = key_.data() == nullptr
               ? Str("a name ", problem)
               : Str("column '", ShowText(key_), "' ", problem);
  hint_ = hint;
  return false;
}

}  // namespace mtlkit
