#include "text/number_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace mtlkit {
namespace {

// A decimal with no more significant digits than this survives single
// precision (FLT_DIG).
constexpr int kSafeDigits = 6;
constexpr double kSafeMagnitude = 0x1p24;

NumberText Classify(std::string_view text, double* value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, *value);
  if (stop != end || error == std::errc::invalid_argument) {
    return NumberText::kOther;
  }
  if (error == std::errc::result_out_of_range) {
    // Too small is 0; too large has no negative exponent.
    const std::size_t exponent = text.find_first_of("eE");
    const bool tiny = exponent == std::string_view::npos
                          ? text.find_first_of("123456789") > text.find('.')
                          : text[exponent + 1] == '-';
    *value = 0;
    return tiny ? NumberText::kNumber : NumberText::kInfinite;
  }
  if (std::isnan(*value)) return NumberText::kNotANumber;
  return std::isinf(*value) ? NumberText::kInfinite : NumberText::kNumber;
}

}  // namespace

NumberText ParseCellNumber(std::string_view text, char decimal, double* value) {
  if (text.empty()) return NumberText::kOther;
  if (text.front() == '+') {
    text.remove_prefix(1);
    if (text.empty() || text.front() == '-' || text.front() == '+') {
      return NumberText::kOther;
    }
  }
  const std::size_t comma =
      decimal == ',' ? text.find(',') : std::string_view::npos;
  if (comma == std::string_view::npos) {
    // "1.5" is no number where the decimal sign is a comma: it may be 15.
    if (decimal == ',' && text.find('.') != std::string_view::npos) {
      return NumberText::kOther;
    }
    return Classify(text, value);
  }
  std::array<char, 64> copy;
  if (text.size() > copy.size() || text.find('.') != std::string_view::npos) {
    return NumberText::kOther;
  }
  std::copy(text.begin(), text.end(), copy.begin());
  copy[comma] = '.';
  return Classify({copy.data(), text.size()}, value);
}

bool IsCellNumber(std::string_view text, char decimal) {
  double value = 0;
  return ParseCellNumber(text, decimal, &value) == NumberText::kNumber;
}

std::string CanonicalNumber(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const bool is_negative = text.starts_with('-');
  std::string_view digits = text.substr(is_negative ? 1 : 0);
  if (digits.find_first_not_of("0123456789") != std::string_view::npos) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return FormatNumber(value + 0.0);  // -0 is 0
  }
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) return "0";
  return (is_negative ? "-" : "") + std::string(digits);
}

bool LosesDigits(std::string_view text, double value) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  const std::size_t sign = text.find_first_of(".,");
  if (sign != std::string_view::npos) {
    if (text.find_first_not_of('0', sign + 1) != std::string_view::npos) {
      return false;
    }
    text = text.substr(0, sign);
  }
  if (text.find_first_not_of("0123456789") != std::string_view::npos) {
    return false;
  }
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
  return text != WholeText(std::abs(value));
}

bool CutsFraction(std::string_view text, double value) {
  constexpr std::size_t kSureDigits = 15;  // DBL_DIG
  if (text.size() <= kSureDigits) return false;
  const std::size_t sign = text.find_first_of(".,");
  if (sign == std::string_view::npos) return false;
  std::string exact(text);
  exact[sign] = '.';
  exact.resize(exact.find_last_not_of('0') + 1);
  if (exact.back() == '.') exact.pop_back();
  std::array<char, 400> shortest;
  const auto end =
      std::to_chars(shortest.data(), shortest.data() + shortest.size(), value,
                    std::chars_format::fixed)
          .ptr;
  return exact != std::string_view(shortest.data(), end);
}

std::string WholeText(double value) {
  std::array<char, 320> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                 value, std::chars_format::fixed, 0)
                       .ptr;
  return {digits.data(), end};
}

bool SurvivesSinglePrecision(std::string_view text, double value) {
  int digits = 0;
  for (const char c : text) {
    if (c == 'e' || c == 'E') break;
    const bool leading_zero = digits == 0 && c == '0';
    if (c >= '0' && c <= '9' && !leading_zero) ++digits;
  }
  const double magnitude = std::abs(value);
  if (value == 0) return true;
  if (digits <= kSafeDigits && magnitude < kSafeMagnitude &&
      magnitude > 1 / kSafeMagnitude) {
    return true;
  }
  const auto single = static_cast<float>(value);
  if (!std::isfinite(single)) return false;
  if (static_cast<double>(single) == value) return true;
  // A whole number is itself, or another.
  constexpr double kLastWhole = 0x1p53;
  if (magnitude <= kLastWhole && std::trunc(value) == value) return false;
  std::array<char, 32> shortest;
  const auto written =
      std::to_chars(shortest.data(), shortest.data() + shortest.size(), single);
  double back = 0;
  std::from_chars(shortest.data(), written.ptr, back);
  return back == value;
}

}  // namespace mtlkit
