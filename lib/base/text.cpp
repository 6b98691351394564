#include "base/text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <system_error>

namespace mtlkit {
namespace {

// Outside these magnitudes a plain decimal gets long and powers of ten are
// easier to read.
constexpr double kSmallestPlain = 1e-4;
constexpr double kLargestPlain = 1e15;

template <class T>
bool Parse(std::string_view text, T* value) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-' && text[1] != '+') {
    text.remove_prefix(1);
  }
  T parsed{};
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, parsed);
  if (code != std::errc() || stop != end || text.empty()) return false;
  *value = parsed;
  return true;
}

template <class T>
std::string Format(T value) {
  std::array<char, 64> text{};
  const double size = std::abs(static_cast<double>(value));
  const bool plain =
      size == 0 || (size >= kSmallestPlain && size < kLargestPlain);
  const auto format =
      plain ? std::chars_format::fixed : std::chars_format::scientific;
  const auto [end, code] =
      std::to_chars(text.data(), text.data() + text.size(), value, format);
  return std::string(text.data(), end);
}

// A number that can be ordered by value.
bool IsOrdered(std::string_view text, double* value) {
  return ParseNumber(text, value) && !std::isnan(*value);
}

}  // namespace

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  if (text.empty()) return parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string> SplitNames(std::string_view text) {
  std::vector<std::string> names;
  if (text.empty()) return names;
  names.emplace_back();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "\\,") {
      names.back() += text[++i];
    } else if (text[i] == ',') {
      names.emplace_back();
    } else {
      names.back() += text[i];
    }
  }
  return names;
}

std::string NameInList(std::string_view name) {
  std::string text;
  for (const char c : name) text += c == ',' ? "\\," : std::string(1, c);
  return text;
}

bool HasEnding(std::string_view path, std::string_view ending) {
  if (path.size() < ending.size()) return false;
  path.remove_prefix(path.size() - ending.size());
  return std::equal(path.begin(), path.end(), ending.begin(),
                    [](char a, char b) {
                      return std::tolower(static_cast<unsigned char>(a)) == b;
                    });
}

std::string Join(const std::vector<std::string>& parts,
                 std::string_view separator) {
  std::string joined;
  for (const std::string& part : parts) {
    if (&part != &parts.front()) joined += separator;
    joined += part;
  }
  return joined;
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool ParseNumber(std::string_view text, double* value) {
  return Parse(text, value);
}

bool ParseInteger(std::string_view text, long long* value) {
  return Parse(text, value);
}

std::string FormatNumber(double value) {
  return Format(value);
}
std::string FormatNumber(float value) {
  return Format(value);
}

bool MatchesPattern(std::string_view pattern, std::string_view text) {
  // Where to go on when the characters after the last '*' do not fit.
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  std::size_t p = 0;
  std::size_t t = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() &&
               (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::string Counted(Index count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

bool NaturalLess(std::string_view a, std::string_view b) {
  double a_value = 0;
  double b_value = 0;
  const bool a_is_number = IsOrdered(a, &a_value);
  const bool b_is_number = IsOrdered(b, &b_value);
  if (a_is_number != b_is_number) return a_is_number;
  if (a_is_number && a_value != b_value) return a_value < b_value;
  return a < b;
}

}  // namespace mtlkit
