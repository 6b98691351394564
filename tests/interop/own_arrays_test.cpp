#include "interop/own_arrays.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "data/kind_samples.h"
#include "eval/write_file.h"
#include "interop/array_files.h"
#include "interop/data_array.h"
#include "interop/sparse_arrays.h"
#include "prep/apply_transforms.h"
#include "prep/fit.h"
#include "prep/transform.h"

namespace mtlkit {
namespace {

constexpr InputKind kKinds[] = {InputKind::kSparse, InputKind::kImage,
                                InputKind::kTokens, InputKind::kCategorical,
                                InputKind::kDense};

// Everything that a dataset may have, in no order of names.
Dataset FullDataset() {
  Dataset data = TableOf(kSampleRows, {});
  data.ids = std::vector<std::string>{"d", "b", "größer", "a"};
  for (const InputKind kind : kKinds) {
    data.inputs.push_back(SampleBlock(kind));
    data.inputs.back().name = Str("view ", InputKindName(kind), "/x");
  }
  data.inputs[0].index_base = 1;
  data.inputs[0].base_is_guessed = true;
  data.inputs[1].mean = {.25, .5};
  data.inputs[1].deviation = {.125, 2};
  data.inputs[4].dense = {};
  data.inputs[4].wide =
      Array<double>(std::vector<double>{1e9 + .5, .1, -1, 2, 3, 4, 5, 6});
  data.inputs[4].dates = {"a"};
  data.inputs.push_back(CodeBlock("categorical", {"z", "a b"},
                                  {{"no", ""}, {"Köln"}},
                                  {0, 0, 1, -1, -1, 0, 0, 0}));
  AddTask(&data, "two", TaskType::kBinary, {"no", "yes"}, {0, 1, 1, 0});
  AddTask(&data, "grade", ParseTaskType("ordinal"), {"low", "mid", "high"},
          {0, 1, 2, 0});
  AddTask(&data, "kind", TaskType::kMulticlass, {"a", "b", "c"}, {2, 1, 0, 0});
  AddTask(&data, "a price", TaskType::kRegression, {}, {.1F, 2, 3, 4});
  data.tasks.back().mean = {2};
  data.tasks.back().deviation = {.5};
  AddTask(&data, "tags", TaskType::kMultilabel, {"x", "y"},
          {0, 1, 1, 1, 0, 0, 1, 0});
  data.labels[2].rows = {0, 1, 3};
  data.labels[2].on_all_rows = false;
  data.labels[2].values = LabelCells(std::vector<std::int32_t>{2, 1, 0});
  data.labels[2].weights = {1, .5F, 2};
  data.tasks[2].source.columns = {"kind"};
  data.splits = {{"train", {0, 2}}, {"a split", {1}}};
  data.weights = {1, 2, 3, .5F};
  data.groups = {4, 4, 5, 6};
  return data;
}

std::vector<DataArray> ArraysOf(const Dataset& dataset, const TempFolder& in) {
  WriteDataset(dataset, in / "in.h5");
  SilentReporter reporter;
  WriteFileAs(*FindWrittenFormat("npz"), FileReader::Open(in / "in.h5"), {},
              in / "out.npz", &reporter);
  return ReadArrayFile(in / "out.npz", 1 << 20).arrays;
}

std::string RefusalOf(const std::vector<DataArray>& arrays) {
  try {
    DatasetOfOwnArrays(arrays);
  } catch (const Error& error) {
    return error.message();
  }
  return "none";
}

DataArray* Find(std::vector<DataArray>* arrays, std::string_view name) {
  return &*std::ranges::find(*arrays, name, &DataArray::name);
}

TEST_CASE("a dataset that went out as NPZ comes back to the bit") {
  const TempFolder folder;
  const Dataset before = FullDataset();
  const auto arrays = ArraysOf(before, folder);
  CHECK(AreOwnArrays(arrays));
  CHECK(!AreSparse(arrays));
  const Dataset after = Convert({{"", folder / "out.npz"}});
  CHECK(after.content_sha256 ==
        FileReader::Open(folder / "in.h5").content_sha256());
  // The digest is that of all of these.
  CHECK(after.inputs.size() == 6);
  CHECK(after.tasks.size() == 5);
  CHECK(after.labels[2].rows == before.labels[2].rows);
}

// Prepared: `age` of two columns, scaled.
Dataset PreparedDataset() {
  Dataset table =
      TableOf(2, {DenseBlock("numeric", {"age", "y"}, {1, 0, 3, 1})});
  const std::vector<Index> train{0, 1};
  Transforms fitted;
  const auto rows = [&] { return TrainingRows(table.inputs, fitted, train); };
  fitted.push_back(FitSelect(rows(), {{"numeric", "y"}}));
  fitted.push_back(FitTransform(rows(), "standard"));
  fitted.push_back(FitTransform(rows(), "layout"));
  return ApplyTransforms(fitted, table);
}

TEST_CASE("transforms come back, and none may be gone") {
  const TempFolder folder;
  const Dataset before = PreparedDataset();
  const std::vector<DataArray> good = ArraysOf(before, folder);
  CHECK(Convert({{"", folder / "out.npz"}}).transforms == before.transforms);
  const auto without = [&](const std::string& name) {
    std::vector<DataArray> arrays = good;
    CHECK(std::erase_if(arrays, [&](const DataArray& array) {
            return array.name.starts_with(name);
          }) > 0);
    return RefusalOf(arrays);
  };
  CHECK(without("transforms/01-standard/")
            .starts_with("its transforms do not make its inputs: the stored "
                         "transform 'standard' is damaged: it lacks '"));
  // None at all are those of a table.
  CHECK(without("transforms/") == "none");
  // One that the list does not have any more.
  const auto listing = [&](std::size_t gone) {
    Dataset fewer = before;
    fewer.transforms.erase(fewer.transforms.begin() +
                           static_cast<std::ptrdiff_t>(gone));
    const TempFolder other;
    return RefusalOf(ArraysOf(fewer, other));
  };
  CHECK(listing(0) ==
        "its transforms do not make its inputs: the first is not 'select', the "
        "columns of the table");
  CHECK(
      listing(2).starts_with("its transforms do not make its inputs: there "
                             "is no input block 'numeric'"));
}

TEST_CASE("the history goes on, and the file comes alone") {
  const TempFolder folder;
  Dataset before = FullDataset();
  const std::vector<ProvenanceSource> sources = {{"data", "abc"}};
  before.provenance = ExtendProvenance("mtl-prep", 3, Json::object(), sources);
  ArraysOf(before, folder);
  const Dataset after = Convert({{"", folder / "out.npz"}});
  const auto records = ParseProvenance(after.provenance);
  REQUIRE(records.size() == 2);
  CHECK(records[0].tool == "mtl-prep");
  CHECK(records[1].inputs[0].from == records[0].id);
  CHECK_THROWS_WITH_AS(
      Convert({{"train", folder / "out.npz"}}),
      doctest::Contains("is a dataset of mtlkit, which is read alone"), Error);
}

TEST_CASE("what Python changed or left out is understood, or refused by name") {
  const TempFolder folder;
  const std::vector<DataArray> good = ArraysOf(FullDataset(), folder);
  const auto with = [&](DataArray more) {
    std::vector<DataArray> arrays = good;
    arrays.push_back(std::move(more));
    return arrays;
  };
  using Wholes = std::vector<std::int64_t>;
  CHECK(RefusalOf(with({"extra", {4}, Wholes{1, 2, 3, 4}})) ==
        "array 'extra' has no place in a dataset of mtlkit");
  CHECK(RefusalOf(with({"tasks/two/prob", {4}, Wholes{1, 2, 3, 4}})) ==
        "array 'tasks/two/prob' is of predictions, which are not read from "
        "arrays");
  CHECK(RefusalOf(with({"ids/x", {4}, Wholes{1, 2, 3, 4}})) ==
        "array 'ids/x' has no place in a dataset of mtlkit");
  CHECK(RefusalOf(with({"weights", {4}, Wholes{1, 2, 3, 4}})) ==
        "array 'weights' is there twice");
  CHECK(RefusalOf(with({"tasks/two", {4}, Wholes{1, 2, 3, 4}})) ==
        "array 'tasks/two/classes' lies in what is an array itself");
  CHECK(RefusalOf(with({"splits/new one", {1}, Wholes{3}})) == "none");
  // A matrix of whole numbers has numbers, where it has no categories.
  const Dataset more =
      DatasetOfOwnArrays(with({"inputs/counts", {4, 1}, Wholes{1, 2, 3, 4}}));
  CHECK(All(more.FindInput("counts")->wide) == std::vector<double>{1, 2, 3, 4});
  std::vector<DataArray> arrays = good;
  Find(&arrays, "inputs/categorical")->values =
      Wholes{0, 0, 1, -1, -1, 0, 7, 0};
  CHECK(RefusalOf(arrays).starts_with(
      "input block 'categorical': column 'z', row 3: code 7 is outside"));
  arrays = good;
  std::erase_if(arrays, [](const DataArray& array) {
    return array.name.ends_with("/type") || array.name == "ids";
  });
  const Dataset untyped = DatasetOfOwnArrays(arrays);
  CHECK(untyped.ids == RowIds(RunningIds(kSampleRows)));
  CHECK(TaskTypeName(untyped.tasks[0].type) == "binary");
  CHECK(TaskTypeName(untyped.tasks[1].type) == "multiclass");
  CHECK(TaskTypeName(untyped.tasks[3].type) == "regression");
  CHECK(TaskTypeName(untyped.tasks[4].type) == "multilabel");
}

TEST_CASE("arrays that are gone, cut or something else are refused in order") {
  const TempFolder folder;
  const std::vector<DataArray> good = ArraysOf(FullDataset(), folder);
  const auto is_in_order = [&](const std::vector<DataArray>& arrays) {
    try {
      DatasetOfOwnArrays(arrays);
    } catch (const Error& error) {
      CAPTURE(error.message());
      CHECK(error.kind() == ErrorKind::kBadInput);
      CHECK(error.message().find("mtlkit-arrays") == std::string::npos);
    }
  };
  for (std::size_t i = 0; i < good.size(); ++i) {
    CAPTURE(good[i].name);
    std::vector<DataArray> arrays = good;
    arrays.erase(arrays.begin() + static_cast<Index>(i));
    is_in_order(arrays);
    arrays = good;
    arrays[i].shape = {2};
    arrays[i].values = std::vector<std::string>{"a", "b"};
    is_in_order(arrays);
    arrays[i].values = std::vector<double>{1e300, -1};
    is_in_order(arrays);
    arrays[i].shape = {};
    arrays[i].values = std::vector<std::int64_t>{1'000'000};
    is_in_order(arrays);
    arrays[i].shape = {0, 3};
    arrays[i].values = std::vector<float>();
    is_in_order(arrays);
  }
}

TEST_CASE("the groups of files of h5py mean the same in NPZ") {
  const TempFolder folder;
  PutFile(folder / "a.npz",
          ZipOf({ListOf("inputs/x", {1, 2}), ListOf("tasks/weights", {3, 4}),
                 ListOf("splits/train", {0})}));
  std::string said;
  const Dataset table = Convert({{"", folder / "a.npz"}}, false, &said);
  CHECK(table.inputs[0].columns == std::vector<std::string>{"x", "weights"});
  CHECK(table.weights.empty());
  CHECK(said.find("'weights' of tasks/ is a column") != std::string::npos);
}

}  // namespace
}  // namespace mtlkit
