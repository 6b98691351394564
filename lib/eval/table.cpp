#include "eval/table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "base/text.h"

namespace mtlkit {
namespace {

// Numbers of such a scale or size are written with a power of ten.
constexpr double kSmallScale = 1e-5;
constexpr double kSmallSize = 1e-2;
constexpr double kLargeSize = 1e7;

bool TakesPower(double size, double scale) {
  const bool is_small = scale > 0 && scale < kSmallScale && size > 0;
  return size >= kLargeSize || (is_small && size < kSmallSize);
}

int DigitsAfterPoint(double size, double scale) {
  if (size < 10 && scale >= kSmallScale && scale < 0.1) {
    return 2 - static_cast<int>(std::floor(std::log10(scale)));
  }
  if (size < 10) return 3;
  if (size < 100) return 2;
  return size < 1000 ? 1 : 0;
}

}  // namespace

void TextTable::AddRow(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = VisibleText(cell);
  rows_.push_back(std::move(cells));
}

std::string TextTable::Render() const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], TextWidth(row[i]));
    }
  }
  std::string out;
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      out.append(widths[i] - TextWidth(row[i]) + 2, ' ');
    }
    out.erase(out.find_last_not_of(' ') + 1);
    out += '\n';
  }
  return out;
}

std::string TableNumber(double value, bool sign, double scale) {
  if (std::isnan(value)) return "-";
  std::array<char, 64> buffer{};
  if (TakesPower(std::abs(value), scale)) {
    std::snprintf(buffer.data(), buffer.size(), sign ? "%+.3e" : "%.3e", value);
    return buffer.data();
  }
  const int digits = DigitsAfterPoint(std::abs(value), scale);
  std::snprintf(buffer.data(), buffer.size(), sign ? "%+.*f" : "%.*f", digits,
                value);
  std::string text = buffer.data();
  // A sign says to which side of 0 a difference lies; a value at 0 has none.
  if (!sign && text.find_first_of("123456789") == std::string::npos &&
      text.front() == '-') {
    text.erase(0, 1);
  }
  const std::size_t zero = text.find_first_not_of("+-");
  if (text.size() > zero + 1 && text[zero] == '0' && text[zero + 1] == '.') {
    text.erase(zero, 1);
  }
  return text;
}

}  // namespace mtlkit
