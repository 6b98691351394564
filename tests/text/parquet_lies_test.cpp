// Files that claim what they do not hold: refused, and for little memory.

#include <doctest/doctest.h>

#include "base/error.h"
#include "text/format_fixture.h"
#include "text/parquet_file.h"

namespace mtlkit {
namespace {

constexpr std::int64_t kHuge = 2147483647;

// What reading says.
std::string Said(const OneColumn& file, Index most_bytes = Index{1} << 33) {
  TextOptions options;
  options.most_bytes = most_bytes;
  return ErrorOf([&] { Rows(file.File(), "", options); });
}

OneColumn Ints(std::int64_t rows = 3) {
  OneColumn file;
  file.rows = rows;
  return file;
}

bool Has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a file that tells the truth is read") {
  OneColumn file = Ints();
  file.Add(0, 3, 0, PlainInts({1, -2, 3}));
  CHECK(Rows(file.File()) == "1\n-2\n3\n");
  OneColumn second = Ints();
  second.Add(3, 1, 0, PlainInts({1}));
  second.Add(3, 2, 0, PlainInts({-2, 3}));
  CHECK(Rows(second.File()) == "1\n-2\n3\n");
  OneColumn named = Ints();
  named.Add(2, 2, 0, PlainInts({7, 8}));
  named.Add(0, 3, 8, "\x01\x03\x05");
  CHECK(Rows(named.File()) == "8\n7\n8\n");
}

TEST_CASE("numbers of rows have to agree, and to be granted") {
  OneColumn file = Ints(4);
  file.Add(0, 3, 0, PlainInts({1, 2, 3}));
  CHECK(Said(file) ==
        "65: table:4: column 'x': a page is damaged: its column ends before "
        "its last row (copy or download the file again)");
  OneColumn more = Ints(2);
  more.Add(0, 3, 0, PlainInts({1, 2, 3}));
  CHECK(Has(Said(more), "it has more values than there are rows"));
  // A run of one value takes two bytes, whatever its length.
  for (const std::int64_t rows : {kHuge, std::int64_t{1} << 62}) {
    OneColumn run = Ints(rows);
    run.Add(2, 1, 0, PlainInts({7}));
    run.Add(0, kHuge, 8, std::string_view("\0\xfe\xff\xff\xff\x0f", 6));
    CHECK(Has(Said(run), "rows, more than a table of --max-size may have"));
  }
  CHECK(Has(Said(Ints(-1)), "its numbers of rows do not agree"));
}

TEST_CASE("sizes of pages are believed as far as there are bytes") {
  OneColumn zstd = Ints();
  zstd.codec = 6;
  zstd.Add(0, 3, 0, Zstd(PlainInts({1, 2, 3})), kHuge);
  CHECK(Has(Said(zstd), "it unpacks to less than it says"));
  OneColumn gzip = Ints();
  gzip.codec = 2;
  gzip.Add(0, 3, 0, Gzip(std::string(1 << 20, '\0')), 12);
  CHECK(Has(Said(gzip), "it unpacks to more than it says"));
  OneColumn snappy = Ints();
  snappy.codec = 1;
  snappy.Add(0, 3, 0, "\xff\xff\xff\xff\x07\x00", kHuge);
  CHECK(Has(Said(snappy), "it is no Snappy data of its size"));
  OneColumn plain = Ints();
  plain.Add(0, 3, 0, PlainInts({1, 2, 3}), kHuge);
  CHECK(Has(Said(plain), "it is of another size"));
  OneColumn lengths;
  lengths.type = 6;
  lengths.rows = 1;
  lengths.Add(0, 1, 0, PlainInts({-1}) + "abc");
  CHECK(Has(Said(lengths), "it is too short"));
}

TEST_CASE("a bomb is refused for what it would take") {
  OneColumn bomb = Ints();
  bomb.codec = 6;
  bomb.Add(0, 3, 0, Zstd(std::string(1 << 26, '\0')), 1 << 26);
  CHECK(Said(bomb, 1 << 20) ==
        "65: table:1: column 'x': a page: 64 MB more do not fit in the 1.0 MB "
        "that are granted (raise --max-size, or write smaller pages and row "
        "groups)");
  CHECK(Said(bomb) == "");
}

TEST_CASE("dictionaries and their indices are checked") {
  OneColumn missing = Ints();
  missing.Add(0, 3, 8, "\x01\x03\x05");
  CHECK(Has(Said(missing), "its column has no dictionary"));
  OneColumn beyond = Ints();
  beyond.Add(2, 1, 0, PlainInts({7}));
  beyond.Add(0, 3, 8, "\x01\x03\x05");
  CHECK(Has(Said(beyond), "it names a value that its dictionary lacks"));
  OneColumn large = Ints();
  large.Add(2, kHuge, 0, PlainInts({7}));
  CHECK(Has(Said(large), "it is too short"));
  OneColumn twice = Ints();
  twice.Add(2, 1, 0, PlainInts({7}));
  twice.Add(2, 1, 0, PlainInts({7}));
  CHECK(Has(Said(twice), "its column has two dictionaries"));
  OneColumn wide = Ints();
  wide.Add(2, 1, 0, PlainInts({7}));
  wide.Add(0, 3, 8, "\x21\x03\x05");
  CHECK(Has(Said(wide), "its indices have more than 32 bits"));
}

TEST_CASE("encodings that a type does not have are refused by name") {
  OneColumn file = Ints();
  file.Add(0, 3, 6, PlainInts({1, 2, 3}));
  CHECK(Said(file) ==
        "65: table:1: column 'x': its values are encoded as "
        "DELTA_LENGTH_BYTE_ARRAY, which is not read for their type (write it "
        "with plain or dictionary encoding)");
  OneColumn unknown = Ints();
  unknown.Add(0, 3, 77, PlainInts({1, 2, 3}));
  CHECK(Has(Said(unknown), "its values are encoded as 77, which is not read"));
}

TEST_CASE("footers that lie are refused") {
  OneColumn file = Ints();
  file.Add(0, 3, 0, PlainInts({1, 2, 3}));
  OneColumn outside = file;
  outside.chunk_size = 1 << 20;
  CHECK(Said(outside) ==
        "65: table: its footer is damaged: a column lies outside of the file "
        "(copy or download the file again)");
  OneColumn columns = file;
  columns.columns = kHuge;
  CHECK(Has(Said(columns), "column 'schema' has no such number of parts"));
  // A root of two columns, of which one is there, and it is nested.
  const ThriftText root = ThriftText().Text(4, "schema").Number(5, 2);
  const ThriftText branch = ThriftText().Text(4, "branch").Number(5, 1);
  const ThriftText leaf = ThriftText().Number(1, 1).Text(4, "leaf");
  CHECK(
      Has(ErrorOf([&] {
            Rows(WithFooter(
                "PAR1", ThriftText().List(2, 3, {root, branch, leaf}).bytes()));
          }),
          "column 'schema' ends too early"));
  // Lists of more elements than there are bytes.
  for (const int field : {2, 4, 5}) {
    const std::string footer =
        ThriftText().List(field, std::uint64_t{1} << 40, {}).bytes();
    CHECK(Has(ErrorOf([&] { Rows(WithFooter("PAR1", footer)); }),
              "it ends too early"));
  }
  // Depth without an end.
  const std::string deep(100000, '\x1c');
  CHECK(Has(ErrorOf([&] { Rows(WithFooter("PAR1", "\x9c" + deep)); }),
            "it is nested too deeply"));
  // Bytes that each promise a column, or a group of rows.
  TextOptions options;
  options.most_columns = 1000;
  options.most_bytes = 1 << 20;
  const auto many = [](int field) {
    return ThriftText()
        .List(field, 100000, std::vector<ThriftText>(100000))
        .bytes();
  };
  CHECK(Has(ErrorOf([&] { Rows(WithFooter("PAR1", many(2)), "", options); }),
            "more than 1000 columns"));
  CHECK(Has(ErrorOf([&] { Rows(WithFooter("PAR1", many(4)), "", options); }),
            "a footer: 32 bytes more do not fit in the 1.0 MB"));
}

TEST_CASE("encrypted files, and files whose values are elsewhere, are named") {
  std::string file = GoldenParquet("pandas.parquet");
  file.replace(file.size() - 4, 4, "PARE");
  CHECK(ErrorOf([&] { Rows(file); }) ==
        "65: table: it is encrypted (write it without encryption)");
  const ThriftText chunk = ThriftText().Text(1, "part-0.parquet");
  const ThriftText group = ThriftText().List(1, 1, {chunk});
  CHECK(ErrorOf([&] {
          Rows(WithFooter("PAR1", ThriftText().List(4, 1, {group}).bytes()));
        }) ==
        "65: table: its values are in another file, 'part-0.parquet' (give the "
        "files of the rows, not the one that lists them)");
}

}  // namespace
}  // namespace mtlkit
