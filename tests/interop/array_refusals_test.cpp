// What files of arrays hold and no table can be made of.
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "campaign.h"
#include "h5/foreign_sample.h"
#include "interop/array_files.h"
#include "interop/array_table.h"
#include "interop/data_array.h"
#include "interop/npy_dates.h"
#include "interop/zip_archive.h"
#include "text/source_kind.h"

namespace mtlkit {
namespace {

using Members = std::vector<std::pair<std::string, std::string>>;

// "message (hint)" of what is said of an archive, without its name.
std::string Refused(const Members& members,
                    std::vector<std::string> chosen = {},
                    std::vector<TableInput> inputs = {}, bool beside = false) {
  const TempFolder folder;
  SilentReporter silent;
  PutFile(folder / "a.npz", ZipOf(members));
  for (TableInput& input : inputs) input.path = folder / "a.npz";
  if (inputs.empty()) inputs = {{"", folder / "a.npz"}};
  try {
    ConvertArrays(inputs, {std::move(chosen)}, BesideIf(beside),
                  folder / "out.h5", {}, &silent);
  } catch (const Error& error) {
    std::string text = error.what();
    const std::string name = folder / "";
    for (auto at = text.find(name); at != text.npos; at = text.find(name)) {
      text.erase(at, name.size());
    }
    return text;
  }
  return "none";
}

std::string Header(const std::string& type, const std::string& shape) {
  return "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" +
         shape + "), }";
}

const auto kX = ListOf("x", {1, 2});
const auto kIds = ListOf("ids", {5, 6});
const auto kId = ListOf("id", {7, 8});

TEST_CASE("rows are named once") {
  CHECK(Refused({kX, kIds, kId}) ==
        "a.npz: array 'id' names the rows, as 'ids' does (leave one out, or "
        "say which: --array ids=id, and once for each other array that is "
        "wanted)");
  CHECK(Refused({kX, kIds, kId}, {"x=x", "ids=id"}) == "none");
  // In its group it is an input.
  CHECK(Refused({kX, kIds, ListOf("inputs/id", {7, 8})}) == "none");
}

TEST_CASE("an array is chosen once, under a name of its own") {
  CHECK(Refused({kX, kIds}, {"q=x", "q=ids"}) ==
        "--array gives two arrays the name 'q' (give each a name of its own)");
  CHECK(Refused({kX, kIds}, {"q=x", "r=/x"}) ==
        "--array reads 'x' twice, as 'q' and as 'r' (an array is one column or "
        "view: leave one out)");
  CHECK(Refused({kX, kIds}, {"q=x", "r=ids"}) == "none");
}

TEST_CASE("a table has rows and columns") {
  CHECK(Refused({ListOf("x", {})})
            .starts_with("a.npz: array 'x' is 0: there are no rows"));
  CHECK(Refused({{"x.npy", NpyOf("0, 5", std::vector<float>{})}})
            .starts_with("a.npz: array 'x' is 0 x 5: there are no rows"));
  CHECK(Refused({{"x.npy", NpyOf("5, 0", std::vector<float>{})}})
            .starts_with("a.npz: array 'x' is 5 x 0: there are no columns"));
  CHECK(Refused({kX, {"m.npy", NpyOf("2, 0", std::vector<float>{})}})
            .starts_with("a.npz: array 'm' is 2 x 0: there are no columns"));
}

TEST_CASE("single values are refused by name, unless others are chosen") {
  const Members members = {{"version.npy", NpyOf("", {3})}, kX};
  CHECK(Refused(members) ==
        "a.npz: array 'version' is a single value, not one for each row "
        "(--array NAME=PATH, once for each, reads those that are wanted only)");
  CHECK(Refused(members, {"x=x"}) == "none");
}

TEST_CASE("what is not chosen is not read") {
  const Members members = {{"o.npy", NpyOf(Header("|O", "2,"), "x")}, kX};
  CHECK(Refused(members) ==
        "a.npz: array 'o': the NumPy array holds objects: a pickle, which "
        "could run any code (write texts or numbers: array.astype(str), "
        "array.astype('float32'))");
  CHECK(Refused(members, {"x=x"}) == "none");
}

TEST_CASE("spans of time and rare units say how to write them") {
  const auto list = [](const std::string& type) {
    return Members{{"t.npy", NpyOf(Header(type, "1,"), std::string(8, '\1'))}};
  };
  CHECK(Refused(list("<m8[ns]")) ==
        "a.npz: array 't': the NumPy array holds spans of time, '<m8[ns]' "
        "(write seconds: array / numpy.timedelta64(1, 's'))");
  CHECK(Refused(list("<M8[25s]")) ==
        "a.npz: array 't': the NumPy array holds dates in a unit that is not "
        "read, '<M8[25s]' (write seconds: array.astype('datetime64[s]'))");
  CHECK(Refused(list("<M8[s]")) ==
        "a.npz: array 't': the NumPy array holds a date outside the years 0 to "
        "9999 (numpy.datetime64('NaT') stands for a missing date)");
  CHECK(Refused({kX,
                 {"ids.npy",
                  NpyOf(Header("<M8[D]", "2,"), std::string(16, '\0'))}}) ==
        "a.npz: array 'ids' holds dates (write texts: array.astype(str))");
}

TEST_CASE("dates reach from year 0 to 9999 in every unit") {
  const auto seconds = [](std::string_view type, std::int64_t count) {
    return SecondsOfDates({&count, 1}, *ParseNpyDates(type)).front();
  };
  CHECK(seconds("M8[Y]", -1970) == -62167219200);
  CHECK(seconds("M8[M]", 12 * 8030 - 1) == 253399622400);
  CHECK(seconds("M8[W]", -1) == -604800);
  CHECK(seconds("M8[us]", -1) == -1e-6);
  CHECK(seconds("M8[ns]", 1'500'000'000) == 1.5);
  CHECK(seconds("M8[ns]", 1'700'000'000'123'456'000) == 1700000000.123456);
  CHECK_THROWS_AS(seconds("M8[ns]", 1'700'000'000'123'456'789), Error);
  CHECK_THROWS_AS(seconds("M8[us]", 253'000'000'000'000'001), Error);
  CHECK_THROWS_AS(seconds("M8[Y]", -1971), Error);
  CHECK_THROWS_AS(seconds("M8[M]", 12 * 8030), Error);
  CHECK_THROWS_AS(seconds("M8[Y]", 300'000'000'000), Error);
  CHECK_THROWS_AS(seconds("M8[D]", INT64_MAX), Error);
  CHECK_THROWS_AS(seconds("M8[ms]", INT64_MAX), Error);
  CHECK(!ParseNpyDates("M8"));
}

TEST_CASE("a packed file gives its array the name without endings") {
  const TempFolder folder;
  PutFile(folder / "v.npy", NpyOf("1, ", {1}));
  REQUIRE(std::system(("gzip " + (folder / "v.npy")).c_str()) == 0);
  CHECK(Convert({{"", folder / "v.npy.gz"}}).inputs[0].columns ==
        std::vector<std::string>{"v"});
}

TEST_CASE("a row is in one split, and the file is named") {
  CHECK(
      Refused({kX, ListOf("splits/train", {0, 1}), ListOf("splits/test", {1})})
          .starts_with("a.npz: "));
  CHECK(Refused({kX, ListOf("splits/train", {0, 0})}).starts_with("a.npz: "));
  CHECK(Refused({kX, ListOf("splits/test", {1})}, {},
                {{"train", ""}, {"valid", ""}}) ==
        "a.npz: it has splits of its own ('splits/test'), and is the split "
        "'train' (leave them out: --array NAME=PATH, once for each array that "
        "is wanted)");
}

TEST_CASE("arrays of one file are of the same rows, whatever others have") {
  const std::string three = NpyOf("3, ", {1, 2, 3});
  const std::string two = NpyOf("2, ", {1, 2});
  CHECK(RefusalOf({ZipOf({{"x.npy", three}, {"y.npy", two}}),
                   ZipOf({{"x.npy", two}, {"y.npy", three}})},
                  {"train", "test"}) == "array 'y' has 2 rows, another one 3");
}

TEST_CASE("arrays of several files meet those of their group") {
  const auto root = ListOf("weights", {1});
  const auto input = ListOf("inputs/weights", {2});
  const auto task = ListOf("tasks/y", {3});
  const Dataset table =
      ConvertBytes({ZipOf({root, input, task}), ZipOf({input, root, task})},
                   {"train", "test"});
  CHECK(table.weights == std::vector<float>{1, 1});
  CHECK(All(table.inputs[0].dense) == std::vector<float>{2, 3, 2, 3});
}

TEST_CASE("what views say of rows is said once, and agrees") {
  const std::string two = NpyOf("2, ", {1, 2});
  const std::string names = NpyOf("2, ", {5, 6});
  const auto file = [&](const std::string& ids) {
    return ZipOf({{"x.npy", two}, {"ids.npy", ids}});
  };
  const Dataset table =
      ConvertBytes({file(names), file(names)}, {"a", "b"}, true);
  CHECK(table.ids == RowIds(std::vector<std::int64_t>{5, 6}));
  CHECK(table.inputs[0].columns == std::vector<std::string>{"a.x", "b.x"});
  CHECK(RefusalOf({file(names), file(two)}, {"a", "b"}, true)
            .starts_with("array 'ids' is another one than in "));
}

TEST_CASE("sparse matrices are sound") {
  const auto sparse = [](const std::vector<std::int64_t>& rows,
                         std::int64_t count) {
    std::string indices;
    for (const std::int64_t row : rows) indices += Raw(row);
    const std::string starts = Raw<std::int64_t>(0) + Raw<std::int64_t>(2);
    return Members{{"indices.npy", NpyOf(Header("<i8", "2,"), indices)},
                   {"indptr.npy", NpyOf(Header("<i8", "2,"), starts)},
                   {"format.npy", NpyOf(Header("|S3", ""), "csc")},
                   {"shape.npy", NpyOf(Header("<i8", "2,"),
                                       Raw(count) + Raw<std::int64_t>(1))},
                   {"data.npy", NpyOf("2, ", {1, 2})}};
  };
  CHECK(Refused(sparse({2, 0}, 3)) == "none");
  CHECK(Refused(sparse({1, 1}, 3)) ==
        "a.npz: the sparse matrix 'sparse' has column 0 twice in row 1 (add "
        "them up before it is written: m.sum_duplicates())");
  CHECK(Refused(sparse({0, 3}, 3))
            .starts_with("a.npz: the sparse matrix 'sparse' has an entry in "
                         "row 3 of 3"));
  // No entry vouches for so many rows, which would take all memory.
  CHECK(Refused(sparse({0, 1}, std::int64_t{1} << 50))
            .starts_with("a.npz: the sparse matrix 'sparse' has 2 entries for "
                         "1125899906842624 rows"));
}

// Reads the file and says nothing, or kBadInput.
void RequireInOrder(const std::string& path) {
  try {
    TableOfArrays(ReadArrayFile(path, Index{1} << 30).arrays);
  } catch (const Error& error) {
    CAPTURE(error.message());
    CHECK(error.kind() == ErrorKind::kBadInput);
  }
}

TEST_CASE("damage behind the checksums of an archive is refused, or read") {
  for (const char* name :
       {"table.npz", "array.npz", "columns.npz", "dates.npz"}) {
    CAPTURE(name);
    const std::string bytes = FileBytes(Golden(name));
    const ZipArchive archive(bytes);
    Members members;
    for (const ZipMember& member : archive.members()) {
      members.emplace_back(member.name, archive.Read(member, 1 << 20));
    }
    const TempFolder folder;
    PutFile(folder / "damaged.npz", bytes);
    for (Index i = 0; i < Campaign(300, 10000); ++i) {
      Members damaged = members;
      std::string& content = damaged[At(i) % members.size()].second;
      content = Damage(content, 0, i);
      ChangeFile(folder / "damaged.npz", ZipOf(damaged));
      RequireInOrder(folder / "damaged.npz");
    }
  }
}

TEST_CASE("damaged IDX files are refused, or read") {
  const std::string good =
      std::string("\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x03", 16) +
      "pixels_pixel";
  const TempFolder folder;
  PutFile(folder / "damaged.idx", good);
  for (Index i = 0; i < Campaign(300, 10000); ++i) {
    ChangeFile(folder / "damaged.idx", Damage(good, 0, i));
    RequireInOrder(folder / "damaged.idx");
  }
}

TEST_CASE("a pipe is kept where it may bring arrays, and no endless one is") {
  for (const char* name :
       {"table.npz", "matrix.npy", "mine.h5", "columns.mat", "cells.h5ad"}) {
    CHECK(MayBeArrays(FileBytes(Golden(name)).substr(0, kSniffBytes)));
  }
  CHECK(MayBeArrays(std::string("\0\0\x08\x01", 4)));
  CHECK(!MayBeArrays(std::string(kSniffBytes, '\0')));
}

TEST_CASE("HDF5 of pandas is refused by name, but for arrays asked for") {
  const TempFolder folder;
  SilentReporter silent;
  PutFile(folder / "p.h5", ForeignBytes([](hid_t file) {
            PutArray(file, "df/block0_values", {2, 3}, {1, 2, 3, 4, 5, 6});
            PutText(file, "df", "pandas_type", "frame");
          }));
  const std::vector<TableInput> inputs = {{"", folder / "p.h5"}};
  const auto convert = [&](std::vector<std::string> chosen) {
    ConvertArrays(inputs, {std::move(chosen)}, {}, folder / "out.h5", {},
                  &silent);
  };
  try {
    convert({});
    FAIL("it was read");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadInput);
    CHECK(error.message().ends_with(
        "p.h5: is HDF5 of pandas, whose 'df' is in parts that only pandas puts "
        "together"));
    CHECK(error.hint().find("pandas.read_hdf('FILE').to_csv") !=
          std::string::npos);
  }
  convert({"X=df/block0_values"});
}

}  // namespace
}  // namespace mtlkit
