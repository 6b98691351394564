#include "base/text_part.h"

#include <charconv>
#include <type_traits>

namespace mtlkit {
namespace {

// Longer than any number of 64 bits.
constexpr std::size_t kLongest = 32;

}  // namespace

void TextPart::AppendTo(std::string* text) const {
  if (const auto* words = std::get_if<std::string_view>(&value_)) {
    text->append(*words);
    return;
  }
  if (const auto* character = std::get_if<char>(&value_)) {
    text->push_back(*character);
    return;
  }
  char digits[kLongest];
  std::to_chars_result end{};
  if (const auto* number = std::get_if<double>(&value_)) {
    end = std::to_chars(digits, digits + kLongest, *number,
                        std::chars_format::general, 6);
  } else if (const auto* whole = std::get_if<long long>(&value_)) {
    end = std::to_chars(digits, digits + kLongest, *whole);
  } else {
    end = std::to_chars(digits, digits + kLongest,
                        std::get<unsigned long long>(value_));
  }
  text->append(digits, end.ptr);
}

std::string JoinParts(std::initializer_list<TextPart> parts) {
  std::string text;
  for (const TextPart& part : parts) part.AppendTo(&text);
  return text;
}

}  // namespace mtlkit
