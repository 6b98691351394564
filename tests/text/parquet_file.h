#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mtlkit {

// Bytes of a file in tests/golden/parquet.
std::string GoldenParquet(const std::string& name);

// Writes structs in Thrift's compact protocol, field by field in the order of
// their numbers; what it is told, true or not.
class ThriftText {
 public:
  ThriftText& Number(int field, std::int64_t value);
  ThriftText& Text(int field, std::string_view text);
  ThriftText& Struct(int field, const ThriftText& fields);
  ThriftText& Truth(int field, bool value);
  // `claimed` elements; fewer or more may follow.
  ThriftText& List(int field, std::uint64_t claimed,
                   const std::vector<ThriftText>& structs);

  // With the byte that ends the struct.
  std::string bytes() const { return bytes_ + '\0'; }

 private:
  void Head(int field, int type);
  void Varint(std::uint64_t value);

  std::string bytes_;
  int last_ = 0;
};

// A file of one column `x` that tells the truth unless a test changes it.
struct OneColumn {
  std::int64_t type = 1;        // parquet.thrift: Type
  std::int64_t converted = -1;  // ConvertedType; -1: none
  std::int64_t codec = 0;
  bool is_optional = false;
  std::int64_t rows = 0;
  std::int64_t columns = 1;      // that the root of the schema claims
  std::int64_t chunk_size = -1;  // -1: as it is
  std::string pages;
  std::int64_t scale = -1;  // of a decimal; -1: not said

  // Adds a page of one kind (parquet.thrift: PageType) behind the others.
  // `unpacked`: -1, as many bytes as there are.
  void Add(int kind, std::int64_t values, std::int64_t encoding,
           std::string_view bytes, std::int64_t unpacked = -1);

  std::string File() const;
};

// Numbers of 4 bytes as plain values.
std::string PlainInts(const std::vector<std::int32_t>& values);
// Of 8 bytes.
std::string PlainLongs(const std::vector<std::int64_t>& values);

// A footer and all that goes with it behind other bytes.
std::string WithFooter(std::string bytes, std::string_view footer);

}  // namespace mtlkit
