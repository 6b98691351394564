#include "text/parquet/thrift_reader.h"

#include "base/error.h"

namespace mtlkit {
namespace {

// Deeper than anything that Parquet declares.
constexpr int kMostLevels = 32;

bool IsTruth(ThriftType type) {
  return type == ThriftType::kTrue || type == ThriftType::kFalse;
}

}  // namespace

std::int64_t ThriftReader::Integer(const ThriftField& field) {
  switch (field.type) {
    case ThriftType::kByte:
      return static_cast<std::int8_t>(Byte());
    case ThriftType::kInt16:
    case ThriftType::kInt32:
    case ThriftType::kInt64:
      return ZigZag();
    default:
      FailDamaged("no number where one is due");
  }
}

bool ThriftReader::Truth(const ThriftField& field) {
  if (!IsTruth(field.type)) FailDamaged("no truth value where one is due");
  return field.type == ThriftType::kTrue;
}

std::string_view ThriftReader::Binary(const ThriftField& field) {
  if (field.type != ThriftType::kBinary) {
    FailDamaged("no text where one is due");
  }
  return Text();
}

std::string_view ThriftReader::Text() {
  const std::uint64_t size = Varint();
  if (size > bytes_.size() - At(at_)) FailDamaged("it ends too early");
  const std::string_view text = bytes_.substr(At(at_), size);
  at_ += static_cast<Index>(size);
  return text;
}

void ThriftReader::RequireStruct(const ThriftField& field) const {
  if (field.type != ThriftType::kStruct) {
    FailDamaged("no struct where one is due");
  }
}

std::uint8_t ThriftReader::Byte() {
  if (At(at_) >= bytes_.size()) FailDamaged("it ends too early");
  return static_cast<std::uint8_t>(bytes_[At(at_++)]);
}

std::uint64_t ThriftReader::Varint() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const std::uint64_t byte = Byte();
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  FailDamaged("a number is too long");
}

std::int64_t ThriftReader::ZigZag() {
  const std::uint64_t value = Varint();
  return static_cast<std::int64_t>(value >> 1U) ^
         -static_cast<std::int64_t>(value & 1U);
}

bool ThriftReader::NextField(ThriftField* field) {
  const unsigned head = Byte();
  const unsigned type = head & 15U;
  if (type > static_cast<unsigned>(ThriftType::kStruct)) {
    FailDamaged("a field has no known type");
  }
  field->type = static_cast<ThriftType>(type);
  if (field->type == ThriftType::kStop) return false;
  const auto step = static_cast<int>(head >> 4U);
  const std::int64_t id = step > 0 ? field->id + step : ZigZag();
  if (id < 0 || id > 0x7fff) FailDamaged("a field has no known number");
  field->id = static_cast<int>(id);
  return true;
}

Index ThriftReader::ListSize(const ThriftField& field, ThriftType element) {
  if (field.type != ThriftType::kList) {
    FailDamaged("no list where one is due");
  }
  const unsigned head = Byte();
  const std::uint64_t size = head >> 4U == 15 ? Varint() : head >> 4U;
  if (size > 0 && (head & 15U) != static_cast<unsigned>(element)) {
    FailDamaged("a list of another type than is due");
  }
  // Each element takes a byte at least.
  if (size > bytes_.size() - At(at_)) FailDamaged("it ends too early");
  return static_cast<Index>(size);
}

// `count` values of one type, one behind the other, in a list, set or map.
void ThriftReader::SkipItems(ThriftType type, std::uint64_t count, int depth) {
  for (; count > 0; --count) {
    // A truth value is a byte here.
    IsTruth(type) ? static_cast<void>(Byte()) : Skip(type, depth);
  }
}

void ThriftReader::Skip(ThriftType type, int depth) {
  if (depth > kMostLevels) FailDamaged("it is nested too deeply");
  switch (type) {
    case ThriftType::kTrue:
    case ThriftType::kFalse:
    case ThriftType::kStop:
      return;
    case ThriftType::kByte:
      Byte();
      return;
    case ThriftType::kInt16:
    case ThriftType::kInt32:
    case ThriftType::kInt64:
      Varint();
      return;
    case ThriftType::kDouble:
      for (int i = 0; i < 8; ++i) Byte();
      return;
    case ThriftType::kBinary:
      Text();
      return;
    case ThriftType::kStruct: {
      ThriftField field;
      while (NextField(&field)) Skip(field.type, depth + 1);
      return;
    }
    case ThriftType::kList:
    case ThriftType::kSet: {
      const unsigned head = Byte();
      const std::uint64_t size = head >> 4U == 15 ? Varint() : head >> 4U;
      const unsigned element = head & 15U;
      if (element == 0 || element > 12) FailDamaged("a list of no known type");
      return SkipItems(static_cast<ThriftType>(element), size, depth + 1);
    }
    case ThriftType::kMap: {
      const std::uint64_t size = Varint();
      if (size == 0) return;
      const unsigned types = Byte();
      const auto key = static_cast<ThriftType>(types >> 4U);
      const auto value = static_cast<ThriftType>(types & 15U);
      if (key == ThriftType::kStop || key > ThriftType::kStruct ||
          value == ThriftType::kStop || value > ThriftType::kStruct) {
        FailDamaged("a map of no known type");
      }
      for (std::uint64_t i = 0; i < size; ++i) {
        SkipItems(key, 1, depth + 1);
        SkipItems(value, 1, depth + 1);
      }
      return;
    }
  }
}

void ThriftReader::FailDamaged(std::string_view why) const {
  Fail(ErrorKind::kBadInput, Str(what_, " is damaged: ", why),
       "copy or download the file again");
}

}  // namespace mtlkit
