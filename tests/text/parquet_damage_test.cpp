// Parquet that is cut, or in which bytes have changed: an error, or rows that
// can be read; never a crash.

#include <doctest/doctest.h>

#include <string>

#include "base/rng.h"
#include "campaign.h"
#include "text/format_fixture.h"
#include "text/parquet_file.h"

namespace mtlkit {
namespace {

constexpr const char* kFiles[] = {
    "types-v1-plain.parquet", "types-v1-dict.parquet", "types-v2-plain.parquet",
    "many-none.parquet",      "many-snappy.parquet",   "many-gzip.parquet",
    "many-zstd.parquet",      "many-v2.parquet",       "many-encodings.parquet",
    "edges.parquet",          "nested.parquet",        "pandas.parquet",
    "duckdb-v2.parquet",      "polars-zstd.parquet"};

TEST_CASE("a Parquet file cut at any byte is refused") {
  const std::string whole = GoldenParquet("pandas.parquet");
  REQUIRE(!Rows(whole).empty());
  const auto step = static_cast<std::size_t>(Campaign(17, 1));
  for (std::size_t size = 1; size < whole.size(); size += step) {
    CAPTURE(size);
    CHECK(ErrorOf([&] { Rows(whole.substr(0, size), "parquet"); }) != "");
  }
}

// Bytes at places that the seed says get other values, or go, or come twice.
std::string Mutant(const std::string& whole, Index number) {
  const Rng rng(1, RandomPurpose::kTest, static_cast<std::uint64_t>(number));
  std::string mutant = whole;
  const auto draw = [&rng](Index at, std::size_t below) {
    return static_cast<std::size_t>(rng.At(at, 0)) % below;
  };
  const std::size_t changes = 1 + draw(0, 4);
  for (std::size_t i = 0; i < changes; ++i) {
    const auto at = static_cast<Index>(3 * i) + 1;
    // Every other change is in the footer, where it matters most.
    const std::size_t first =
        draw(at, 2) == 0 ? mutant.size() - mutant.size() / 4 : 0;
    const std::size_t place = first + draw(at + 1, mutant.size() - first);
    mutant[place] = static_cast<char>(draw(at + 2, 256));
  }
  return mutant;
}

TEST_CASE("bytes that changed give an error or rows") {
  const Index count = Campaign(40, 1000);
  Index refused = 0;
  for (const char* name : kFiles) {
    const std::string whole = GoldenParquet(name);
    for (Index i = 0; i < count; ++i) {
      CAPTURE(name);
      CAPTURE(i);
      const std::string mutant = Mutant(whole, i);
      TextOptions options;
      options.most_bytes = Index{1} << 24;
      refused += ErrorOf([&] { Rows(mutant, "", options); }) != "";
      ErrorOf([&] { Encode(mutant); });
    }
  }
  CHECK(refused > count);
}

TEST_CASE("checksums find whatever changes in a page") {
  const std::string whole = GoldenParquet("many-zstd.parquet");
  const std::string rows = Rows(whole);
  const Index count = Campaign(100, 5000);
  for (Index i = 0; i < count; ++i) {
    std::string damaged = whole;
    const Rng rng(2, RandomPurpose::kTest, static_cast<std::uint64_t>(i));
    // Between the signature and the footer; headers have no checksum, but
    // what they say has to fit.
    const std::size_t place =
        4 + static_cast<std::size_t>(rng.At(0, 0)) % (whole.size() * 2 / 3);
    damaged[place] = static_cast<char>(damaged[place] ^ 1 << (i % 8));
    std::string read;
    const bool refused = !ErrorOf([&] { read = Rows(damaged); }).empty();
    CAPTURE(i);
    CAPTURE(place);
    CHECK((refused || read == rows));
  }
}

}  // namespace
}  // namespace mtlkit
