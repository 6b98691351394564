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

template <class Fits>
std::size_t LengthOfBlank(Fits fits) {
  const auto* const found = std::ranges::find_if(kWideBlanks, fits);
  return found == std::end(kWideBlanks) ? 0 : found->size();
}

}  // namespace

namespace internal {

std::size_t BlankBefore(std::string_view text) {
  return LengthOfBlank(
      [text](std::string_view blank) { return text.starts_with(blank); });
}

std::size_t BlankBehind(std::string_view text) {
  return LengthOfBlank(
      [text](std::string_view blank) { return text.ends_with(blank); });
}

}  // namespace internal
}  // namespace mtlkit
