#include "text/parquet/decimal_text.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "text/parquet/damage.h"

namespace mtlkit {
namespace {

// No program has decimals of more; division of long numbers is slow.
constexpr std::size_t kMostBytes = 128;
constexpr std::uint32_t kBillion = 1000000000;

// The absolute value in 32-bit digits, the highest first.
std::vector<std::uint32_t> Magnitude(std::string_view big_endian,
                                     bool is_negative) {
  std::vector<std::uint32_t> digits((big_endian.size() + 3) / 4, 0);
  std::uint32_t carry = is_negative ? 1 : 0;
  for (std::size_t i = 0; i < big_endian.size(); ++i) {
    const auto byte =
        static_cast<unsigned char>(big_endian[big_endian.size() - 1 - i]);
    const std::uint32_t plain = is_negative ? byte ^ 0xffU : byte;
    const std::uint32_t sum = plain + carry;
    carry = sum >> 8U;
    digits[digits.size() - 1 - i / 4] |= (sum & 0xffU) << i % 4 * 8;
  }
  return digits;
}

// Divides by a billion; the remainder.
std::uint32_t Divide(std::vector<std::uint32_t>* digits) {
  std::uint64_t rest = 0;
  for (std::uint32_t& digit : *digits) {
    rest = rest << 32U | digit;
    digit = static_cast<std::uint32_t>(rest / kBillion);
    rest %= kBillion;
  }
  return static_cast<std::uint32_t>(rest);
}

}  // namespace

std::string DecimalText(std::string_view big_endian, Index scale) {
  if (big_endian.size() > kMostBytes) {
    FailDamagedPage("a decimal number has too many digits");
  }
  const bool is_negative =
      !big_endian.empty() &&
      static_cast<unsigned char>(big_endian.front()) >= 0x80;
  std::vector<std::uint32_t> digits = Magnitude(big_endian, is_negative);
  std::string reversed;
  while (std::ranges::any_of(digits, [](auto digit) { return digit != 0; })) {
    std::uint32_t nine = Divide(&digits);
    for (int i = 0; i < 9; ++i, nine /= 10) {
      reversed += static_cast<char>('0' + nine % 10);
    }
  }
  while (!reversed.empty() && reversed.back() == '0') reversed.pop_back();
  while (std::ssize(reversed) <= scale) reversed += '0';
  if (scale > 0) reversed.insert(At(scale), 1, '.');
  if (is_negative) reversed += '-';
  return {reversed.rbegin(), reversed.rend()};
}

}  // namespace mtlkit
