#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "base/error.h"
#include "h5/file_reader.h"
#include "h5/file_writer.h"
#include "h5/mutator.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

std::vector<std::int32_t> Count(Index size) {
  std::vector<std::int32_t> values(static_cast<std::size_t>(size));
  std::iota(values.begin(), values.end(), 0);
  return values;
}

// 10,000 rows of 3 written at once, or in pieces of several sizes.
std::string WriteAtOnce(const std::string& path, Compress compress) {
  FileWriter writer(path, FileKind::kDataset);
  writer.WriteArray<std::int32_t>("a", Count(30000), {10000, 3}, {compress});
  return writer.Commit();
}

std::string WriteInPieces(const std::string& path, Compress compress,
                          Index declared) {
  FileWriter writer(path, FileKind::kDataset);
  auto rows = writer.CreateRows<std::int32_t>("a", {3}, declared, {compress});
  const auto values = Count(30000);
  const std::span<const std::int32_t> all(values);
  Index piece = 1;
  for (Index done = 0; done < 10000; piece = piece * 3 % 1001) {
    const Index count = std::min(piece, 10000 - done);
    rows.Append(all.subspan(static_cast<std::size_t>(done * 3),
                            static_cast<std::size_t>(count * 3)));
    done += count;
  }
  CHECK(rows.rows() == 10000);
  return writer.Commit();
}

TEST_CASE("rows written as they come make the file that one call makes") {
  const TempFolder folder;
  for (const Compress compress : {Compress::kNone, Compress::kAuto}) {
    WriteAtOnce(folder / "once.h5", compress);
    WriteInPieces(folder / "known.h5", compress, 10000);
    WriteInPieces(folder / "unknown.h5", compress, -1);
    CHECK(FileBytes(folder / "known.h5") == FileBytes(folder / "once.h5"));
    CHECK(FileBytes(folder / "unknown.h5") == FileBytes(folder / "once.h5"));
  }
}

TEST_CASE("the content digest does not depend on compression") {
  const TempFolder folder;
  CHECK(WriteAtOnce(folder / "a.h5", Compress::kAuto) ==
        WriteAtOnce(folder / "b.h5", Compress::kNone));
}

TEST_CASE("a range of rows is read, compressed or not, in any type") {
  const TempFolder folder;
  for (const Compress compress : {Compress::kNone, Compress::kAuto}) {
    WriteAtOnce(folder / "a.h5", compress);
    const auto file = FileReader::Open(folder / "a.h5");
    std::vector<std::int32_t> same(6);
    file.ReadRows<std::int32_t>("a", 7777, 2, same.data());
    CHECK(same[0] == 7777 * 3);
    CHECK(same[5] == 7777 * 3 + 5);
    std::vector<double> wide(3);
    file.ReadRows<double>("a", 9999, 1, wide.data());
    CHECK(wide[2] == 29999);
    CHECK_THROWS_AS(file.ReadRows<double>("a", 9999, 2, wide.data()), Error);
    CHECK_THROWS_AS(file.ReadRows<double>("a", -1, 1, wide.data()), Error);
  }
}

TEST_CASE("no rows at all are an empty array") {
  const TempFolder folder;
  FileWriter writer(folder / "a.h5", FileKind::kDataset);
  auto known = writer.CreateRows<float>("known", {4}, 0);
  auto unknown = writer.CreateRows<float>("unknown", {});
  writer.Commit();
  const auto file = FileReader::Open(folder / "a.h5");
  CHECK(file.Info("known").shape == Shape{0, 4});
  CHECK(file.Info("unknown").shape == Shape{0});
  CHECK(file.ReadList<float>("unknown").empty());
  CHECK(file.Map<float>("known").empty());
}

TEST_CASE("fewer or more rows than declared are a mistake") {
  const TempFolder folder;
  FileWriter writer(folder / "a.h5", FileKind::kDataset);
  auto rows = writer.CreateRows<float>("a", {2}, 1);
  const std::vector<float> one = {1, 2};
  const std::vector<float> half = {1};
  CHECK_THROWS_AS(rows.Append(half), Error);
  CHECK_THROWS_AS(writer.Commit(), Error);
  rows = writer.CreateRows<float>("b", {2}, 1);
  rows.Append(one);
  CHECK_THROWS_AS(rows.Append(one), Error);
}

TEST_CASE("uncompressed numbers are mapped, and outlive their reader") {
  const TempFolder folder;
  WriteAtOnce(folder / "a.h5", Compress::kNone);
  Array<std::int32_t> mapped;
  {
    const auto file = FileReader::Open(folder / "a.h5");
    CHECK(file.Info("a").is_mappable);
    mapped = file.Map<std::int32_t>("a");
  }
  WriteAtOnce(folder / "a.h5", Compress::kAuto);  // replaces the file
  CHECK(mapped.size() == 30000);
  CHECK(mapped[29999] == 29999);
  const auto file = FileReader::Open(folder / "a.h5");
  CHECK_FALSE(file.Info("a").is_mappable);
  CHECK(file.Map<std::int32_t>("a")[29999] == 29999);
  CHECK(file.Map<double>("a")[29999] == 29999);
}

}  // namespace
}  // namespace mtlkit
