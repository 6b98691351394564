#include "interop/array_table.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/error.h"
#include "campaign.h"
#include "data/dataset_io.h"
#include "h5/mutator.h"
#include "interop/array_files.h"
#include "interop/convert_arrays.h"
#include "interop/data_array.h"
#include "interop/sample_files.h"
#include "paths.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

TEST_CASE("arrays of NumPy become ids, columns, views, images and splits") {
  for (const char* name : {"table.npz", "packed.npz"}) {
    CAPTURE(name);
    const Dataset table = Convert({{"", Golden(name)}});
    CHECK(table.rows == 4);
    CHECK(table.ids ==
          RowIds(TextIds(std::vector<std::string>{"a", "b", "c", "d"})));
    const InputBlock* x = table.FindInput("X");
    REQUIRE(x != nullptr);
    REQUIRE(x->cols == 3);
    CHECK(x->dense[11] == 1.375F);
    CHECK(std::isnan(x->dense[7]));
    // Kept by columns in the file.
    CHECK(table.FindInput("turned")->dense[5] == 1.625F);
    const InputBlock* numbers = table.FindInput("numeric");
    REQUIRE(numbers != nullptr);
    CHECK(numbers->columns ==
          std::vector<std::string>{"count", "large", "sold"});
    // 2^24 + 1 would be another number in single precision.
    CHECK(All(numbers->wide) ==
          std::vector<double>{1, 16777217, 1, 2, 0, 0, 3, 0, 1, 4, 0, 1});
    const InputBlock* words = table.FindInput("categorical");
    REQUIRE(words != nullptr);
    CHECK(words->categories[0] ==
          std::vector<std::string>{"Bern", "Zürich", "東京"});
    CHECK(All(words->codes) ==
          std::vector<std::int32_t>{1, 0, -1, 1, 0, 0, 2, 0});
    const InputBlock* photo = table.FindInput("photo");
    REQUIRE(photo != nullptr);
    CHECK(photo->kind == InputKind::kImage);
    CHECK(photo->height == 2);
    CHECK(photo->cols == 1);
    CHECK(photo->pixels[15] == 15);
    CHECK(table.splits.at("train") == std::vector<Index>{0, 2});
    CHECK(table.splits.at("test") == std::vector<Index>{1, 3});
  }
}

TEST_CASE("half precision, and a file of one array, which has its name") {
  const Dataset table = Convert({{"", Golden("matrix.npy")}});
  REQUIRE(table.FindInput("matrix") != nullptr);
  CHECK(table.FindInput("matrix")->dense[11] == 1.375F);
  CHECK(table.ids == RowIds(std::vector<std::int64_t>{0, 1, 2, 3}));
}

TEST_CASE("SciPy's compressed rows come in ascending columns") {
  const Dataset table = Convert({{"", Golden("sparse.npz")}});
  const InputBlock* block = table.FindInput("sparse");
  REQUIRE(block != nullptr);
  CHECK(table.rows == 4);
  CHECK(block->cols == 6);
  CHECK(All(block->row_starts) == std::vector<std::int64_t>{0, 2, 2, 2, 3});
  CHECK(All(block->indices) == std::vector<std::int32_t>{1, 4, 2});
  CHECK(All(block->values) == std::vector<float>{2.5F, 1, -3});
}

TEST_CASE("compressed columns become the same rows, whoever wrote them") {
  const Dataset rows = Convert({{"", Golden("sparse.npz")}});
  for (const char* name :
       {"columns.npz", "array.npz", "columns.mat", "columns.h5ad"}) {
    CAPTURE(name);
    const Dataset table = Convert({{"", Golden(name)}});
    REQUIRE(!table.inputs.empty());
    const InputBlock& block = table.inputs.front();
    CHECK(table.rows == 4);
    CHECK(block.cols == 6);
    CHECK(All(block.row_starts) == All(rows.inputs[0].row_starts));
    CHECK(All(block.indices) == All(rows.inputs[0].indices));
    CHECK(All(block.values) == All(rows.inputs[0].values));
  }
  // The index names the rows; a column is a column whatever its name is.
  const Dataset cells = Convert({{"", Golden("columns.h5ad")}});
  CHECK(IdText(cells.ids, 3) == "d");
  CHECK(All(cells.FindInput("numeric")->dense) ==
        std::vector<float>{7, 8, 9, 10});
  CHECK_THROWS_WITH_AS(
      Convert({{"", Golden("triplets.npz")}}),
      doctest::Contains("triplets.npz: the sparse matrix 'sparse' is of the "
                        "format coo; csr and csc are read (write it as "
                        "compressed rows: scipy.sparse.save_npz(path, "
                        "m.tocsr()))"),
      Error);
}

TEST_CASE("dates of NumPy are dates, to the second and its parts") {
  std::string said;
  const Dataset table = Convert({{"", Golden("dates.npz")}}, false, &said);
  const InputBlock* numbers = table.FindInput("numeric");
  REQUIRE(numbers != nullptr);
  CHECK(numbers->columns ==
        std::vector<std::string>{"y", "s", "ns", "D", "M", "two.0", "two.1"});
  CHECK(numbers->dates ==
        std::vector<std::string>{"s", "ns", "D", "M", "two.0", "two.1"});
  REQUIRE(numbers->wide.size() == 21);
  const std::vector<double> cells = All(numbers->wide);
  CHECK(std::vector<double>(cells.begin(), cells.begin() + 14) ==
        std::vector<double>{1.5, -1, -0.75, -86400, -2678400, -3600, -60,  //
                            2.5, 1709280000, 1709280000.25, 1709251200,
                            1709251200, 1709280000, 1709280000});
  CHECK(std::isnan(cells[15]));
  CHECK(said.find("3 rows, 1 number, 6 dates\n") != std::string::npos);
}

TEST_CASE("HDF5 of h5py, MATLAB and AnnData") {
  const Dataset mine = Convert({{"", Golden("mine.h5")}});
  CHECK(mine.FindInput("X")->columns ==
        std::vector<std::string>{"p", "q", "r"});
  CHECK(mine.FindInput("X")->dense[11] == 1.375F);
  CHECK(mine.FindInput("numeric")->columns == std::vector<std::string>{"sold"});
  CHECK(All(mine.FindInput("categorical")->codes) ==
        std::vector<std::int32_t>{1, -1, 0, 2});
  CHECK(mine.splits.at("test") == std::vector<Index>{1, 3});
  // Columns lie one behind the other there.
  const Dataset matlab = Convert({{"", Golden("matlab.mat")}});
  CHECK(matlab.rows == 4);
  CHECK(matlab.FindInput("X")->cols == 3);
  CHECK(matlab.FindInput("X")->dense[5] == .625F);
  CHECK(All(matlab.FindInput("numeric")->dense) ==
        std::vector<float>{1, 2, 3, 4});
  const Dataset cells = Convert({{"", Golden("cells.h5ad")}});
  CHECK(IdText(cells.ids, 3) == "c3");
  const InputBlock* genes = cells.FindInput("X");
  REQUIRE(genes != nullptr);
  CHECK(genes->kind == InputKind::kSparse);
  CHECK(genes->columns[5] == "g5");
  CHECK(All(genes->indices) == std::vector<std::int32_t>{1, 4, 2});
  CHECK(All(cells.FindInput("categorical")->codes) ==
        std::vector<std::int32_t>{1, 0, -1, 1});
  CHECK(std::isnan(cells.FindInput("numeric")->dense[1]));
  CHECK(cells.FindInput("pca")->cols == 2);
}

TEST_CASE("columns that a file has as tasks are named, for they are inputs") {
  std::string said;
  Convert({{"", Golden("mine.h5")}}, false, &said);
  CHECK(said.find("mine.h5: 4 rows, 4 numbers, 1 category, ids; splits train "
                  "2, test 2\n") != std::string::npos);
  CHECK(said.find("'sold' of tasks/ is a column like others: mtl-prep takes "
                  "for an input what neither --task nor --ignore names\n") !=
        std::string::npos);
  Convert({{"", Golden("table.npz")}}, false, &said);
  CHECK(said.find("4 rows, 9 numbers, 2 categories, images of 2 x 2 x 1, ids; "
                  "splits train 2, test 2\n") != std::string::npos);
  CHECK(said.find("tasks/") == std::string::npos);
}

TEST_CASE("weights and groups of rows are no inputs, unless they lie there") {
  const auto list = [](std::string name, ArrayValues values,
                       std::string group = "") {
    return DataArray{std::move(name), {2}, std::move(values), {}, {}, {},
                     std::move(group)};
  };
  using Wholes = std::vector<std::int64_t>;
  const Dataset table =
      TableOfArrays({list("x", std::vector<float>{1, 2}),
                     list("weights", std::vector<double>{.5, 2}),
                     list("groups", std::vector<std::string>{"b", "a"}),
                     list("weights", std::vector<float>{3, 4}, "inputs")});
  CHECK(table.weights == std::vector<float>{.5F, 2});
  CHECK(table.groups == Wholes{0, 1});
  REQUIRE(table.inputs.size() == 1);
  CHECK(table.inputs[0].columns == std::vector<std::string>{"x", "weights"});
  const auto with = [&](DataArray array) {
    return TableOfArrays({list("x", std::vector<float>{1, 2}), array});
  };
  CHECK(with(list("groups", Wholes{7, 7})).groups == Wholes{7, 7});
  CHECK_THROWS_WITH_AS(with(list("weights", Wholes{1, -1})),
                       doctest::Contains("array 'weights' holds -1"), Error);
  CHECK_THROWS_WITH_AS(with(list("groups", std::vector<float>{1, .5F})),
                       doctest::Contains("a number that is not whole"), Error);
}

TEST_CASE("arrays are chosen by path, and renamed") {
  const TempFolder folder;
  SilentReporter silent;
  const auto convert = [&](std::vector<std::string> chosen) {
    ConvertArrays({{"", Golden("mine.h5")}}, {std::move(chosen)}, {},
                  folder / "out.h5", {}, &silent);
    return ReadDataset(folder / "out.h5");
  };
  const Dataset table = convert({"x=/inputs/X", "y=tasks/sold"});
  CHECK(table.inputs.size() == 2);
  CHECK(table.FindInput("x")->cols == 3);
  CHECK(table.FindInput("numeric")->columns == std::vector<std::string>{"y"});
  CHECK_THROWS_WITH_AS(convert({"x=inputs/Y"}),
                       doctest::Contains("there is no array 'inputs/Y'"),
                       Error);
  CHECK_THROWS_WITH_AS(convert({"x"}),
                       doctest::Contains("not of the form NAME=PATH"), Error);
}

TEST_CASE("of several inputs each may have its own array of a name") {
  const TempFolder folder;
  SilentReporter silent;
  PutFile(folder / "a.npz", ZipOf({ListOf("x_train", {1, 2}),
                                   ListOf("x_test", {3}), ListOf("y", {5})}));
  const auto convert = [&](std::vector<std::string> chosen) {
    ConvertArrays({{"train", folder / "a.npz"}, {"test", folder / "a.npz"}},
                  {std::move(chosen)}, {}, folder / "out.h5", {}, &silent);
    return ReadDataset(folder / "out.h5");
  };
  const Dataset table = convert({"x=x_train", "x=x_test"});
  CHECK(All(table.FindInput("numeric")->dense) == std::vector<float>{1, 2, 3});
  CHECK(table.splits.at("test") == std::vector<Index>{2});
  CHECK(convert({"x=x_train"}).rows == 4);
  CHECK_THROWS_WITH_AS(
      convert({"x=x_train", "x=x_test", "x=y"}),
      doctest::Contains("--array gives 3 arrays the name 'x', and there are 2 "
                        "inputs"),
      Error);
  CHECK_THROWS_WITH_AS(convert({"x=y", "z=x_train", "z=y"}),
                       doctest::Contains("--array reads 'y' twice"), Error);
}

const std::string kTwo = NpyOf("2, ", {1, 2});
const std::string kThree = NpyOf("3, ", {3, 4, 5});

TEST_CASE("files are splits below each other, or views beside") {
  const Dataset below = ConvertBytes({kTwo, kThree}, {"train", "test"});
  CHECK(All(below.inputs[0].dense) == std::vector<float>{1, 2, 3, 4, 5});
  CHECK(below.splits.at("train") == std::vector<Index>{0, 1});
  CHECK(below.splits.at("test") == std::vector<Index>{2, 3, 4});
  const Dataset beside = ConvertBytes({kTwo, kTwo}, {"x", "y"}, true);
  CHECK(beside.inputs[0].columns == std::vector<std::string>{"x", "y"});
  CHECK(All(beside.inputs[0].dense) == std::vector<float>{1, 1, 2, 2});
}

TEST_CASE("IDX files are images and lists, big-endian") {
  const auto idx = [](char type, std::vector<char> lengths,
                      const std::string& data) {
    std::string bytes = {0, 0, type, static_cast<char>(lengths.size())};
    for (const char length : lengths) bytes += std::string(3, '\0') + length;
    return bytes + data;
  };
  const Dataset images =
      ConvertBytes({idx(8, {2, 1, 2}, "\x01\x02\x03\x04")}, {""});
  CHECK(images.inputs[0].kind == InputKind::kImage);
  CHECK(All(images.inputs[0].pixels) == std::vector<std::uint8_t>{1, 2, 3, 4});
  const std::string shorts("\x01\x00\xff\xff", 4);
  CHECK(All(ConvertBytes({idx(0x0b, {2}, shorts)}, {""}).inputs[0].dense) ==
        std::vector<float>{256, -1});
  CHECK(RefusalOf({idx(8, {2, 1, 2}, "\x01\x02\x03")}, {""}) ==
        "the IDX file says that it has more elements than the file holds");
  CHECK(RefusalOf({idx(8, {2}, "\x01\x02\x03")}, {""}) ==
        "the IDX file is longer than its lengths say");
}

TEST_CASE("packed files are unpacked, within the budget") {
  const TempFolder folder;
  PutFile(folder / "x.npy", kThree);
  const std::string path = folder / "x.npy";
  REQUIRE(std::system(("gzip -k " + path).c_str()) == 0);
  CHECK(All(Convert({{"", path + ".gz"}}).inputs[0].dense) ==
        std::vector<float>{3, 4, 5});
  CHECK_THROWS_WITH_AS(ReadArrayFile(path + ".gz", 50),
                       doctest::Contains("more than 50 bytes"), Error);
}

TEST_CASE("what does not fit is refused by the array's name") {
  CHECK(RefusalOf({kTwo, kThree}, {"x", "y"}, true) ==
        "array 'y' has 3 rows, another one 2");
  CHECK(RefusalOf({kTwo, NpyOf("2, 1", {1, 2})}, {"train", "test"}) ==
        "array 'a' has another type, shape or columns than in the file before");
  CHECK(RefusalOf({kTwo, kTwo}, {"x", "x"}, true) ==
        "two inputs are called 'x'");
  CHECK(RefusalOf({kTwo, kTwo}, {"x", ""}, true).ends_with("has no name"));
  CHECK(RefusalOf({NpyOf("2, 1, 1", {1, 2})}, {""}) ==
        "array 'a' is 2 x 1 x 1");
  CHECK(RefusalOf({NpyOf("1, ", {INFINITY})}, {""}) ==
        "array 'a' holds an infinite number");
  const auto whole = [](std::int64_t value) {
    return NpyOf("{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }",
                 Raw(value));
  };
  CHECK(RefusalOf({whole((std::int64_t{1} << 53) + 1)}, {""}) ==
        "array 'a' holds 9007199254740993, beyond what double precision holds "
        "exactly");
  CHECK(RefusalOf({NpyOf("{'descr': '|O', 'fortran_order': False, 'shape': "
                         "(1,), }",
                         "x")},
                  {""}) ==
        "the NumPy array holds objects: a pickle, which could run any code");
  CHECK(RefusalOf({NpyOf("{'descr': '|S3', 'fortran_order': False, 'shape': "
                         "(1,), }",
                         "a\xff\x62")},
                  {""}) ==
        "a text of the NumPy array is no Unicode, or holds the letter NUL");
  CHECK(RefusalOf({ZipOf({{"x.npy", kTwo}, {"notes.txt", "hello"}})}, {""}) ==
        "is a ZIP archive with 'notes.txt', which is no array of NumPy");
}

TEST_CASE("damaged files are refused, or read as they were") {
  for (const char* name :
       {"table.npz", "packed.npz", "sparse.npz", "columns.npz", "dates.npz",
        "matrix.npy", "mine.h5", "cells.h5ad", "columns.mat"}) {
    CAPTURE(name);
    const std::string good = FileBytes(Golden(name));
    const TempFolder folder;
    const std::string path = folder / "damaged.npz";
    PutFile(path, good);
    // HDF5 is read by a process of its own each time.
    const bool is_hdf5 = good.starts_with("\x89HDF");
    for (Index i = 0; i < Campaign(is_hdf5 ? 30 : 300, 10000); ++i) {
      ChangeFile(path, Damage(good, 0, i));
      try {
        TableOfArrays(ReadArrayFile(path, Index{1} << 30).arrays);
      } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::kBadInput);
      }
    }
  }
}

}  // namespace
}  // namespace mtlkit
