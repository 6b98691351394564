// Files of several chunks of digests, read as large ones are: by chunk.
#include <doctest/doctest.h>
#include <hdf5.h>

#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "h5/hdf5_session.h"
#include "h5/mutator.h"
#include "h5/sample_file.h"

namespace mtlkit {
namespace {

constexpr Index kRows = 3'000'000;

OpenOptions AsLarge() {
  return {.small_bytes = 0};
}

// 12 MB of numbers that can be mapped, and as many labels in chunks.
void WriteLarge(const std::string& path) {
  FileWriter writer(path, FileKind::kDataset);
  std::vector<float> dense(static_cast<std::size_t>(kRows));
  std::vector<std::int32_t> labels(static_cast<std::size_t>(kRows));
  for (std::size_t i = 0; i < dense.size(); ++i) {
    dense[i] = static_cast<float>(i);
    labels[i] = static_cast<std::int32_t>(i * 2654435761U);
  }
  writer.WriteArray<float>("inputs/tab", dense, {kRows, 1});
  writer.WriteArray<std::int32_t>("y", labels, {kRows},
                                  {.compress = Compress::kAuto});
  writer.Commit();
}

// The place of the number `value` in the bytes of the file.
std::size_t PlaceOf(const std::string& bytes, float value) {
  std::string wanted(sizeof(value), '\0');
  std::memcpy(wanted.data(), &value, sizeof(value));
  const std::size_t place = bytes.find(wanted);
  REQUIRE(place != std::string::npos);
  return place;
}

std::string WhatIsSaid(const std::function<void()>& work) {
  try {
    work();
    return "";
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadInput);
    return error.message();
  }
}

constexpr const char* kDamaged =
    ": the file is damaged: its bytes do not have the SHA-256 of its envelope";

TEST_CASE("a large file reads as a small one does") {
  const TempFolder folder;
  const std::string path = folder / "a.h5";
  WriteLarge(path);
  const auto small = FileReader::Open(path);
  const auto large = FileReader::Open(path, {}, AsLarge());
  CHECK(large.content_sha256() == small.content_sha256());
  const auto mapped = large.Map<float>("inputs/tab");
  CHECK(mapped[kRows - 1] == 2'999'999);
  CHECK(mapped.Part(10, 2)[1] == 11);
  CHECK(large.ReadArray<std::int32_t>("y").values ==
        small.ReadArray<std::int32_t>("y").values);
}

TEST_CASE("a large file is an ordinary HDF5 file to other programs") {
  const TempFolder folder;
  const std::string path = folder / "a.h5";
  WriteLarge(path);
  const internal::Hdf5Lock lock;
  const internal::Handle file(
      H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  REQUIRE(file.valid());
  const internal::Handle dataset(H5Dopen2(file.id(), "inputs/tab", H5P_DEFAULT),
                                 H5Dclose);
  std::vector<float> values(static_cast<std::size_t>(kRows));
  REQUIRE(H5Dread(dataset.id(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                  values.data()) >= 0);
  CHECK(values.back() == 2'999'999);
}

TEST_CASE("damage in a large file is found where it is used, and no sooner") {
  const TempFolder folder;
  const std::string path = folder / "a.h5";
  WriteLarge(path);
  std::string bytes = FileBytes(path);
  bytes[PlaceOf(bytes, 2'000'000)] ^= 1;
  PutFile(path, bytes);
  CHECK(WhatIsSaid([&] { FileReader::Open(path); }) == path + kDamaged);
  CHECK(WhatIsSaid([&] {
          FileReader::Open(path, {}, {.check_whole = true, .small_bytes = 0});
        }) == path + kDamaged);
  const auto file = FileReader::Open(path, {}, AsLarge());
  const auto mapped = file.Map<float>("inputs/tab");
  CHECK(mapped[0] == 0);
  CHECK(mapped[2'999'999] == 2'999'999);
  CHECK(WhatIsSaid([&] { (void)mapped[2'000'000]; }) == path + kDamaged);
  CHECK(WhatIsSaid([&] { (void)mapped.Part(1'999'990, 20); }) ==
        path + kDamaged);
  CHECK(WhatIsSaid([&] { (void)mapped.span(); }) == path + kDamaged);
  std::vector<float> rows(10);
  file.ReadRows<float>("inputs/tab", 5, 10, rows.data());
  CHECK(rows[9] == 14);
  CHECK(WhatIsSaid([&] {
          file.ReadRows<float>("inputs/tab", 1'999'995, 10, rows.data());
        }) == path + kDamaged);
}

TEST_CASE("damage in what HDF5 unpacks, in the list and in the end is found") {
  const TempFolder folder;
  const std::string path = folder / "a.h5";
  WriteLarge(path);
  const std::string bytes = FileBytes(path);
  const auto outcome = [&](std::size_t from_end) {
    std::string damaged = bytes;
    damaged[damaged.size() - from_end] ^= 1;
    PutFile(path, damaged);
    return WhatIsSaid([&] {
      const auto file = FileReader::Open(path, {}, AsLarge());
      (void)file.ReadArray<std::int32_t>("y");
    });
  };
  CHECK(outcome(1) == path + kDamaged);          // the list's last byte
  CHECK(outcome(100) == path + kDamaged);        // a digest in it
  CHECK(outcome(2'000'000) == path + kDamaged);  // the labels
  PutFile(path, bytes.substr(0, bytes.size() - 1));
  CHECK(WhatIsSaid([&] {
          FileReader::Open(path, {}, AsLarge());
        }).starts_with(path + ": the file is truncated"));
  PutFile(path, bytes + "x");
  CHECK(WhatIsSaid([&] {
          FileReader::Open(path, {}, AsLarge());
        }).starts_with(path + ": the file is damaged: its envelope says"));
}

TEST_CASE("no random damage of a large file is read as another") {
  const TempFolder folder;
  WriteLarge(folder / "a.h5");
  const DamageCount count = CountDamage(
      {.original = FileBytes(folder / "a.h5"), .count = 60},
      [](const std::string& path) {
        const auto file = FileReader::Open(path, {}, AsLarge());
        const auto mapped = file.Map<float>("inputs/tab");
        std::string text(reinterpret_cast<const char*>(mapped.data()),
                         static_cast<std::size_t>(mapped.size()) * 4);
        for (const auto y : file.ReadArray<std::int32_t>("y").values) {
          text.append(reinterpret_cast<const char*>(&y), sizeof(y));
        }
        return text;
      });
  INFO(count.first_wrong);
  CHECK(count.wrong == 0);
  CHECK(count.refused + count.same == 60);
}

}  // namespace
}  // namespace mtlkit
