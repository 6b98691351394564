// What must hold of every kind of input block.
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "data/batch.h"
#include "data/block_kind.h"
#include "data/blocks.h"
#include "data/dataset_io.h"
#include "data/kind_samples.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

template <class Check>
void ForEachKind(const Check& check) {
  for (const BlockKindEntry* entry : BlockKinds()) {
    CAPTURE(std::string(entry->name));
    check(entry->kind);
  }
}

// What tells contents apart.
std::string DigestOf(const Dataset& data) {
  const TempFolder folder;
  return WriteDataset(data, folder / "data.h5");
}

TEST_CASE("every kind comes back from a file as it was written") {
  const TempFolder folder;
  ForEachKind([&](InputKind kind) {
    const std::string digest =
        WriteDataset(SampleOfKind(kind), folder / "data.h5");
    const Dataset read = ReadDataset(folder / "data.h5");
    CHECK(read.inputs[0].kind == kind);
    CHECK(DigestOf(read) == digest);
  });
}

TEST_CASE("rows of every kind are gathered, sliced and appended") {
  ForEachKind([](InputKind kind) {
    const Dataset data = SampleOfKind(kind);
    const std::vector<Index> back = {3, 2, 1, 0};
    const Dataset reversed = GatherRows(data, back);
    Dataset again = GatherRows(reversed, back);
    CHECK(DigestOf(again) == DigestOf(data));

    BlockBuilder builder(data.inputs[0], kSampleRows);
    builder.Append(SliceRows(data.inputs[0], 0, 1));
    builder.Append(SliceRows(data.inputs[0], 1, kSampleRows - 1));
    again.inputs[0] = std::move(builder).Finish();
    CHECK(DigestOf(again) == DigestOf(data));
  });
}

template <class T>
std::vector<T> ListOf(const Array<T>& array) {
  return {array.begin(), array.end()};
}

TEST_CASE("entries of several numbers are taken whole") {
  InputBlock block = TokenBlock("sample", {"a", "b"}, {{0, 1}, {}, {1}});
  block.cols = 2;
  block.codes = Array<std::int32_t>({0, 1, 1, 1, 0, 0});
  const std::vector<Index> rows = {2, 0};
  const InputBlock taken = GatherRows(block, rows);
  CHECK(ListOf(taken.codes) == std::vector<std::int32_t>{0, 0, 0, 1, 1, 1});
  CHECK(ListOf(taken.row_starts) == std::vector<std::int64_t>{0, 1, 3});
  BlockBuilder builder(block, 4);
  builder.Append(taken);
  builder.Append(taken);
  CHECK(ListOf(std::move(builder).Finish().row_starts) ==
        std::vector<std::int64_t>{0, 1, 3, 4, 6});
}

TEST_CASE("traits of every kind are what its blocks and batches hold") {
  for (const BlockKindEntry* entry : BlockKinds()) {
    CAPTURE(std::string(entry->name));
    const BlockTraits& traits = entry->traits;
    const Dataset data = SampleOfKind(entry->kind);
    const InputBlock& block = data.inputs[0];
    Batcher batcher(data, kSampleRows);
    const std::vector<Index> all = {0, 1, 2, 3};
    const InputBatch& batch = batcher.Load(all).inputs[0];
    CHECK(batch.dense.empty() == !traits.is_numbers);
    CHECK(batch.codes.empty() == !traits.has_categories);
    CHECK(block.categories.empty() == !traits.has_categories);
    CHECK(batch.values.empty() == !traits.is_compressed);
    CHECK(block.row_starts.empty() == !traits.has_row_starts);
    CHECK((traits.has_columns || block.columns.empty()));
    CHECK((block.height > 0) == (traits.rows == BlockRows::kPixels));
    const Index rows = traits.is_numbers       ? batch.dense.rows
                       : traits.has_categories ? batch.codes.rows
                                               : kSampleRows;
    switch (traits.rows) {
      case BlockRows::kBatch:
        CHECK(rows == kSampleRows);
        break;
      case BlockRows::kPixels:
        CHECK(rows == kSampleRows * block.height * block.width);
        break;
      case BlockRows::kTokens:
        CHECK(rows == batch.row_starts.back());
        break;
    }
  }
}

TEST_CASE("cells that are too few or too many are refused in every kind") {
  ForEachKind([](InputKind kind) {
    Dataset data = SampleOfKind(kind);
    CHECK_NOTHROW(CheckDataset(data));
    const std::vector<Index> some = {0, 1};
    data.inputs[0] = GatherRows(data.inputs[0], some);
    CHECK_THROWS_AS(CheckDataset(data), Error);
  });
}

}  // namespace
}  // namespace mtlkit
