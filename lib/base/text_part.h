#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace mtlkit {

// What texts are put together of: texts, characters and numbers. A type of its
// own, so that the thousands of messages share one function: written to a
// stream each, they took the compiler a third of its time.
class TextPart {
 public:
  TextPart(std::string_view text) : value_(text) {}
  TextPart(const std::string& text) : value_(std::string_view(text)) {}
  TextPart(const char* text) : value_(std::string_view(text)) {}
  TextPart(char character) : value_(character) {}
  template <std::signed_integral T>
  TextPart(T number) : value_(static_cast<long long>(number)) {}
  template <std::unsigned_integral T>
  TextPart(T number) : value_(static_cast<unsigned long long>(number)) {}
  template <std::floating_point T>
  TextPart(T number) : value_(static_cast<double>(number)) {}
  // Numbers or characters: nobody knows.
  TextPart(signed char) = delete;
  TextPart(unsigned char) = delete;

  // Numbers in as many as six digits, as `%g` writes them.
  void AppendTo(std::string* text) const;

 private:
  // Lives no longer than what it was made of.
  std::variant<std::string_view, char, long long, unsigned long long, double>
      value_;
};

std::string JoinParts(std::initializer_list<TextPart> parts);

// Everything in one string: Str("row ", 3, " has ", 2, " cells").
template <class... Parts>
std::string Str(const Parts&... parts) {
  return JoinParts({parts...});
}

}  // namespace mtlkit
