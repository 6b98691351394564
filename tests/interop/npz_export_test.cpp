#include <doctest/doctest.h>

#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "data/dataset_io.h"
#include "eval/write_file.h"
#include "h5/mutator.h"
#include "interop/data_array.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

Dataset SampleDataset() {
  Dataset dataset;
  dataset.rows = 3;
  dataset.ids = std::vector<std::string>{"a", "größer \U0001F600", "c"};
  InputBlock dense;
  dense.name = "n";
  dense.cols = 2;
  dense.columns = {"x", "y"};
  dense.dense = Array<float>(std::vector<float>{1, 2, 3, 4, 5, 0.1F});
  InputBlock sparse;
  sparse.name = "s";
  sparse.kind = InputKind::kSparse;
  sparse.cols = 7;
  sparse.row_starts =
      Array<std::int64_t>(std::vector<std::int64_t>{0, 1, 1, 3});
  sparse.indices = Array<std::int32_t>(std::vector<std::int32_t>{6, 0, 2});
  sparse.values = Array<float>(std::vector<float>{1.5F, 2.5F, 3.5F});
  InputBlock image;
  image.name = "photo";
  image.kind = InputKind::kImage;
  image.height = 1;
  image.width = 2;
  image.cols = 1;
  image.pixels =
      Array<std::uint8_t>(std::vector<std::uint8_t>{0, 1, 2, 253, 254, 255});
  dataset.inputs = {dense, sparse, image};
  dataset.tasks.push_back({"t", TaskType::kBinary, {"no", "yes"}, 1, {}, {}});
  dataset.labels.push_back({{0, 2}, false, {1, 0}, {}});
  dataset.splits["train"] = {0, 2};
  return dataset;
}

std::vector<DataArray> ArraysOf(const Dataset& dataset) {
  const TempFolder folder;
  WriteDataset(dataset, folder / "in.h5");
  SilentReporter reporter;
  WriteFileAs(*FindWrittenFormat("npz"), FileReader::Open(folder / "in.h5"), {},
              folder / "out.npz", &reporter);
  return ReadArrayFile(folder / "out.npz", 1 << 20).arrays;
}

const DataArray& Find(const std::vector<DataArray>& arrays,
                      std::string_view name) {
  for (const DataArray& array : arrays) {
    if (array.name == name) return array;
  }
  FAIL("there is no array ", name);
  return arrays.front();
}

template <class T>
std::vector<T> NpzValues(const std::vector<DataArray>& arrays,
                         std::string_view name) {
  const ArrayValues& values = Find(arrays, name).values;
  std::vector<T> all;
  if constexpr (std::is_same_v<T, std::string>) {
    REQUIRE(values.texts() != nullptr);
    for (Index i = 0; i < values.size(); ++i) {
      all.push_back((*values.texts())[i]);
    }
  } else {
    REQUIRE(values.If<T>() != nullptr);
    all.assign(values.If<T>()->begin(), values.If<T>()->end());
  }
  return all;
}

TEST_CASE("NPZ has every array of the file under its path") {
  const std::vector<DataArray> arrays = ArraysOf(SampleDataset());
  CHECK(Find(arrays, "inputs/n").shape == std::vector<Index>{3, 2});
  CHECK(NpzValues<float>(arrays, "inputs/n") ==
        std::vector<float>{1, 2, 3, 4, 5, 0.1F});
  CHECK(NpzValues<std::string>(arrays, "ids") ==
        std::vector<std::string>{"a", "größer \U0001F600", "c"});
  CHECK(NpzValues<std::string>(arrays, "names/n") ==
        std::vector<std::string>{"x", "y"});
  CHECK(NpzValues<float>(arrays, "inputs/s/data") ==
        std::vector<float>{1.5F, 2.5F, 3.5F});
  CHECK(NpzValues<std::int64_t>(arrays, "inputs/s/indptr") ==
        std::vector<std::int64_t>{0, 1, 1, 3});
  CHECK(NpzValues<std::int64_t>(arrays, "inputs/s/shape") ==
        std::vector<std::int64_t>{3, 7});
  CHECK(Find(arrays, "inputs/photo/pixels").shape ==
        std::vector<Index>{3, 1, 2, 1});
  CHECK(NpzValues<std::uint8_t>(arrays, "inputs/photo/pixels") ==
        std::vector<std::uint8_t>{0, 1, 2, 253, 254, 255});
  CHECK(NpzValues<std::string>(arrays, "tasks/t/classes") ==
        std::vector<std::string>{"no", "yes"});
  CHECK(NpzValues<std::int64_t>(arrays, "tasks/t/rows") ==
        std::vector<std::int64_t>{0, 2});
  CHECK(NpzValues<std::int64_t>(arrays, "splits/train") ==
        std::vector<std::int64_t>{0, 2});
}

TEST_CASE("an array of many pieces is whole") {
  Dataset dataset;
  dataset.rows = 70'001;
  dataset.ids = RunningIds(dataset.rows);
  InputBlock block;
  block.name = "n";
  block.cols = 9;
  std::vector<float> values(static_cast<std::size_t>(dataset.rows * 9));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(i % 65'521);
  }
  block.dense = Array<float>(std::vector<float>(values));
  dataset.inputs = {block};
  const TempFolder folder;
  WriteDataset(dataset, folder / "in.h5");
  SilentReporter reporter;
  for (const char* name : {"a.npz", "b.npz"}) {
    WriteFileAs(*FindWrittenFormat("npz"), FileReader::Open(folder / "in.h5"),
                {}, folder / name, &reporter);
  }
  CHECK(FileBytes(folder / "a.npz") == FileBytes(folder / "b.npz"));
  const auto arrays = ReadArrayFile(folder / "a.npz", 1 << 24).arrays;
  CHECK(NpzValues<float>(arrays, "inputs/n") == values);
}

}  // namespace
}  // namespace mtlkit
