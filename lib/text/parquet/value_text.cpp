#include "text/parquet/value_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "base/error.h"
#include "base/terminal_text.h"
#include "text/parquet/decimal_text.h"
#include "text/parquet/time_text.h"
#include "text/text_lists.h"

namespace mtlkit {
namespace {

template <class T>
T Load(std::string_view value) {
  T number;
  std::memcpy(&number, value.data(), sizeof number);
  return number;
}

template <class T>
std::string_view Digits(T number, std::string* buffer) {
  constexpr std::size_t kMostDigits = 32;
  buffer->resize(kMostDigits);
  const auto end =
      std::to_chars(buffer->data(), buffer->data() + kMostDigits, number).ptr;
  return {buffer->data(), static_cast<std::size_t>(end - buffer->data())};
}

template <class T>
std::string_view WholeValue(std::string_view value, const ParquetField& /**/,
                            std::string* buffer) {
  return Digits(Load<T>(value), buffer);
}

// With the decimal sign that cells are to have.
std::string_view Localised(std::string_view digits, const ParquetField& field,
                           std::string* buffer) {
  if (field.decimal == '.') return digits;
  std::replace(buffer->begin(), buffer->end(), '.', field.decimal);
  return digits;
}

template <class T>
std::string_view RealValue(std::string_view value, const ParquetField& field,
                           std::string* buffer) {
  const auto number = Load<T>(value);
  if (std::isnan(number)) return "";
  return Localised(Digits(number, buffer), field, buffer);
}

// A number of 16 bits as the float that it equals.
std::string_view HalfValue(std::string_view value, const ParquetField& field,
                           std::string* buffer) {
  constexpr int kFractionBits = 10;
  const unsigned bits = Load<std::uint16_t>(value);
  const unsigned exponent = bits >> kFractionBits & 31U;
  const unsigned fraction = bits & ((1U << kFractionBits) - 1);
  const bool is_small = exponent == 0;
  float number = std::ldexp(
      static_cast<float>(is_small ? fraction : fraction | 1U << kFractionBits),
      static_cast<int>(is_small ? 1 : exponent) - 15 - kFractionBits);
  if (exponent == 31) {
    if (fraction != 0) return "";
    number = HUGE_VALF;
  }
  return Localised(Digits((bits & 0x8000U) != 0 ? -number : number, buffer),
                   field, buffer);
}

std::string_view TruthValue(std::string_view value, const ParquetField& /**/,
                            std::string* /*buffer*/) {
  return value.front() != 0 ? "true" : "false";
}

std::string_view TextValue(std::string_view value, const ParquetField& /**/,
                           std::string* /*buffer*/) {
  if (!IsValidUtf8(value)) {
    Fail(ErrorKind::kBadInput,
         Str("'", ShowText(value), "' is not UTF-8, as texts of Parquet are"),
         "write the column as text, or leave it out: --type COLUMN=ignore");
  }
  return value;
}

std::string_view UuidValue(std::string_view value, const ParquetField& /**/,
                           std::string* buffer) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  buffer->clear();
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *buffer += '-';
    const auto byte = static_cast<unsigned char>(value[i]);
    *buffer += kDigits[byte >> 4U];
    *buffer += kDigits[byte & 15U];
  }
  return *buffer;
}

std::string_view DecimalValue(std::string_view value, const ParquetField& field,
                              std::string* buffer) {
  const bool is_little = field.physical == PhysicalType::kInt32 ||
                         field.physical == PhysicalType::kInt64;
  const std::string big_endian = is_little
                                     ? std::string(value.rbegin(), value.rend())
                                     : std::string(value);
  *buffer = DecimalText(big_endian, field.scale);
  return Localised(*buffer, field, buffer);
}

std::int64_t Whole(std::string_view value) {
  return value.size() == 4 ? Load<std::int32_t>(value)
                           : Load<std::int64_t>(value);
}

std::string_view DateValue(std::string_view value, const ParquetField& /**/,
                           std::string* buffer) {
  *buffer = DayText(Whole(value));
  return *buffer;
}

std::string_view TimeValue(std::string_view value, const ParquetField& field,
                           std::string* buffer) {
  *buffer = TimeOfDayText(Whole(value), field.second_digits);
  return *buffer;
}

std::string_view TimestampValue(std::string_view value,
                                const ParquetField& field,
                                std::string* buffer) {
  *buffer = field.physical == PhysicalType::kInt96
                ? JulianText(Load<std::int64_t>(value),
                             Load<std::int32_t>(value.substr(8)))
                : TimestampText(Whole(value), field.second_digits);
  if (field.is_utc) *buffer += 'Z';
  return *buffer;
}

ValueText NumberTextOf(const ParquetField& field) {
  const bool is_unsigned = field.meaning == Meaning::kUnsigned;
  switch (field.physical) {
    case PhysicalType::kBoolean:
      return TruthValue;
    case PhysicalType::kInt32:
      return is_unsigned ? WholeValue<std::uint32_t> : WholeValue<std::int32_t>;
    case PhysicalType::kInt64:
      return is_unsigned ? WholeValue<std::uint64_t> : WholeValue<std::int64_t>;
    case PhysicalType::kInt96:
      return TimestampValue;
    case PhysicalType::kFloat:
      return RealValue<float>;
    case PhysicalType::kDouble:
      return RealValue<double>;
    case PhysicalType::kBytes:
    case PhysicalType::kFixedBytes:
      return TextValue;
  }
  return nullptr;
}

bool IsText(const ParquetField& field) {
  return field.physical == PhysicalType::kBytes ||
         field.physical == PhysicalType::kFixedBytes ||
         field.physical == PhysicalType::kBoolean;
}

}  // namespace

ValueText ValueTextOf(const ParquetField& field) {
  switch (field.meaning) {
    case Meaning::kNumber:
    case Meaning::kUnsigned:
    case Meaning::kNothing:
      return NumberTextOf(field);
    case Meaning::kDecimal:
      return DecimalValue;
    case Meaning::kHalf:
      return HalfValue;
    case Meaning::kDate:
      return DateValue;
    case Meaning::kTime:
      return TimeValue;
    case Meaning::kTimestamp:
      return TimestampValue;
    case Meaning::kUuid:
      return UuidValue;
    case Meaning::kOther:
      return nullptr;
  }
  return nullptr;
}

ColumnType StoredType(const ParquetField& field) {
  if (field.is_nameless_index) return ColumnType::kIgnore;
  switch (field.meaning) {
    case Meaning::kDate:
    case Meaning::kTimestamp:
      return ColumnType::kDate;
    case Meaning::kUuid:
    case Meaning::kTime:
      return ColumnType::kCategory;
    case Meaning::kNumber:
      return IsText(field) ? ColumnType::kCategory : ColumnType::kUnknown;
    default:
      return ColumnType::kUnknown;
  }
}

}  // namespace mtlkit
