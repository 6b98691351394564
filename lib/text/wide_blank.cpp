#include "text/wide_blank.h"

#include <algorithm>
#include <iterator>

namespace mtlkit {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kWideBlanks[] = {
    "\u00A0"sv, "\u1680"sv, "\u2000"sv, "\u2001"sv, "\u2002"sv,
    "\u2003"sv, "\u2004"sv, "\u2005"sv, "\u2006"sv, "\u2007"sv,
    "\u2008"sv, "\u2009"sv, "\u200A"sv, "\u200B"sv, "\u202F"sv,
    "\u205F"sv, "\u2060"sv, "\u3000"sv, "\uFEFF"sv};

bool IsAscii(char c) {
  return (static_cast<unsigned char>(c) & 0x80U) == 0;
}

template <class Fits>
std::size_t LengthOfBlank(Fits fits) {
  const auto* const found = std::ranges::find_if(kWideBlanks, fits);
  return found == std::end(kWideBlanks) ? 0 : found->size();
}

}  // namespace

std::size_t WideBlankBefore(std::string_view text) {
  if (text.empty() || IsAscii(text.front())) return 0;
  return LengthOfBlank(
      [text](std::string_view blank) { return text.starts_with(blank); });
}

std::size_t WideBlankBehind(std::string_view text) {
  if (text.empty() || IsAscii(text.back())) return 0;
  return LengthOfBlank(
      [text](std::string_view blank) { return text.ends_with(blank); });
}

}  // namespace mtlkit
