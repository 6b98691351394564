#include "text/parquet_file.h"

#include <cstring>
#include <fstream>
#include <sstream>

#include "base/error.h"
#include "paths.h"

namespace mtlkit {
namespace {

constexpr int kNumberType = 6;
constexpr int kTextType = 8;
constexpr int kListType = 9;
constexpr int kStructType = 12;

template <class T>
std::string Little(T number) {
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

}  // namespace

std::string GoldenParquet(const std::string& name) {
  std::ostringstream bytes;
  bytes << std::ifstream(Str(SourceDir(), "/tests/golden/parquet/", name),
                         std::ios::binary)
               .rdbuf();
  return bytes.str();
}

void ThriftText::Varint(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) {
    bytes_ += static_cast<char>(value | 0x80U);
  }
  bytes_ += static_cast<char>(value);
}

void ThriftText::Head(int field, int type) {
  bytes_ += static_cast<char>((field - last_) << 4 | type);
  last_ = field;
}

ThriftText& ThriftText::Number(int field, std::int64_t value) {
  Head(field, kNumberType);
  Varint(static_cast<std::uint64_t>(value) << 1U ^
         static_cast<std::uint64_t>(value >> 63));
  return *this;
}

ThriftText& ThriftText::Text(int field, std::string_view text) {
  Head(field, kTextType);
  Varint(text.size());
  bytes_ += text;
  return *this;
}

ThriftText& ThriftText::Truth(int field, bool value) {
  Head(field, value ? 1 : 2);
  return *this;
}

ThriftText& ThriftText::Struct(int field, const ThriftText& fields) {
  Head(field, kStructType);
  bytes_ += fields.bytes();
  return *this;
}

ThriftText& ThriftText::List(int field, std::uint64_t claimed,
                             const std::vector<ThriftText>& structs) {
  Head(field, kListType);
  bytes_ += static_cast<char>(0xf0 | kStructType);
  Varint(claimed);
  for (const ThriftText& one : structs) bytes_ += one.bytes();
  return *this;
}

void OneColumn::Add(int kind, std::int64_t values, std::int64_t encoding,
                    std::string_view bytes, std::int64_t unpacked) {
  const auto size = static_cast<std::int64_t>(bytes.size());
  ThriftText details;
  details.Number(1, values);
  if (kind == 3) details.Number(2, 0).Number(3, values);
  details.Number(kind == 3 ? 4 : 2, encoding);
  if (kind == 0) details.Number(3, 3).Number(4, 3);
  if (kind == 3) details.Number(5, 0).Number(6, 0);
  pages += ThriftText()
               .Number(1, kind)
               .Number(2, unpacked < 0 ? size : unpacked)
               .Number(3, size)
               .Struct(kind == 0   ? 5
                       : kind == 2 ? 7
                                   : 8,
                       details)
               .bytes();
  pages += bytes;
}

std::string OneColumn::File() const {
  const auto size =
      chunk_size < 0 ? static_cast<std::int64_t>(pages.size()) : chunk_size;
  const ThriftText root = ThriftText().Text(4, "schema").Number(5, columns);
  ThriftText leaf;
  leaf.Number(1, type).Number(3, is_optional ? 1 : 0).Text(4, "x");
  if (converted >= 0) leaf.Number(6, converted);
  if (scale >= 0) leaf.Number(7, scale);
  const ThriftText chunk = ThriftText().Struct(3, ThriftText()
                                                      .Number(1, type)
                                                      .Number(4, codec)
                                                      .Number(5, rows)
                                                      .Number(7, size)
                                                      .Number(9, 4));
  const ThriftText group = ThriftText().List(1, 1, {chunk}).Number(3, rows);
  return WithFooter("PAR1" + pages, ThriftText()
                                        .Number(1, 2)
                                        .List(2, 2, {root, leaf})
                                        .Number(3, rows)
                                        .List(4, 1, {group})
                                        .bytes());
}

std::string PlainInts(const std::vector<std::int32_t>& values) {
  std::string bytes;
  for (const std::int32_t value : values) {
    bytes += Little(static_cast<std::uint32_t>(value));
  }
  return bytes;
}

std::string PlainLongs(const std::vector<std::int64_t>& values) {
  std::string bytes;
  for (const std::int64_t value : values) bytes += Little(value);
  return bytes;
}

std::string WithFooter(std::string bytes, std::string_view footer) {
  bytes += footer;
  bytes += Little(static_cast<std::uint32_t>(footer.size()));
  return bytes + "PAR1";
}

}  // namespace mtlkit
