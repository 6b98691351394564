// What other programs wrote (tests/golden/make/parquet.py), cell by cell.

#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <string>

#include "base/error.h"
#include "base/text.h"
#include "paths.h"
#include "text/format_fixture.h"
#include "text/parquet_file.h"

namespace mtlkit {
namespace {

// Names of the columns and the rows, as tests/golden/parquet/NAME.txt has them.
std::string Table(const std::string& name) {
  TextSource source(
      Str(SourceDir(), "/tests/golden/parquet/", name, ".parquet"),
      Encoding::kUtf8, SourceContent::kTable);
  const auto reader = OpenRows(&source, "", {});
  const std::string rows = RowsOf(reader.get());
  reader->Rewind();
  CHECK(RowsOf(reader.get()) == rows);
  return Join(NamesOf(reader->columns()), "|") + "\n" + rows;
}

TEST_CASE("every value of other programs' files is what they say it is") {
  const std::pair<const char*, const char*> files[] = {
      {"types-v1-plain", "types"},
      {"types-v1-dict", "types"},
      {"types-v2-plain", "types"},
      {"types-int96", "types-int96"},
      {"many-none", "many"},
      {"many-snappy", "many"},
      {"many-gzip", "many"},
      {"many-zstd", "many"},
      {"many-v2", "many"},
      {"many-encodings", "many"},
      {"edges", "edges"},
      {"empty", "empty"},
      {"pandas", "pandas"},
      {"duckdb-v1", "duckdb"},
      {"duckdb-v2", "duckdb"},
      {"uuid", "uuid"},
      {"polars-zstd", "polars"},
      {"polars-snappy", "polars"},
      {"polars-uncompressed", "polars"}};
  for (const auto& [name, cells] : files) {
    CAPTURE(name);
    const std::string expected = GoldenParquet(Str(cells, ".txt"));
    CHECK(expected.size() > 1);
    CHECK(Table(name) == expected);
  }
}

TEST_CASE("codecs that are not read are refused by name") {
  for (const auto& [file, codec] :
       {std::pair("codec-brotli.parquet", "brotli"),
        std::pair("codec-lz4.parquet", "lz4_raw")}) {
    CHECK(
        ErrorOf([&, name = file] { Rows(GoldenParquet(name)); })
            .find(Str("table:1: column 'number': it is compressed with ", codec,
                      ", which is not read (write it with zstd, snappy, "
                      "gzip or none)")) != std::string::npos);
  }
}

TEST_CASE("nested columns are refused by name or left out") {
  const std::vector<NamedText> file = {
      {"t.parquet", GoldenParquet("nested.parquet")}};
  CHECK(ErrorOf([&] { Convert(file); }) ==
        "65: t.parquet: column 'tags' is nested (a list, map or struct) "
        "(--type tags=ignore leaves it out, or write its parts as columns of "
        "their own)");
  ConvertOptions options;
  options.type = {"tags=ignore", "place=ignore"};
  CHECK(Csv(Convert(file, options).dataset) == "id,x,y\n0,1,u\n1,2,v\n2,3,u\n");
}

}  // namespace
}  // namespace mtlkit
