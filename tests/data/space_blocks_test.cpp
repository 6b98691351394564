// Images and tokens: in files, in batches, and what is wrong with them.
#include "data/space_blocks.h"
#include "base/error.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

#include "base/text.h"
#include "data/batch.h"
#include "data/blocks.h"
#include "data/dataset_io.h"
#include "data/small_table.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

// Three rows: images of 1 x 2 pixels and 2 channels; texts of 2, 0, 3 words.
Dataset Three() {
  Dataset data = TableOf(
      3,
      {ImageBlock("photo", 1, 2, 2, {0, 255, 51, 102, 1, 2, 3, 4, 5, 6, 7, 8}),
       TokenBlock("text", {"a", "b"}, {{0, 1}, {}, {-1, 1, 2}})});
  data.inputs[0].mean = {0, 0.5};
  data.inputs[0].deviation = {1, 0.25};
  return data;
}

std::string Numbers(const auto& values) {
  std::string text;
  for (const auto value : values) {
    text += (text.empty() ? "" : " ") + FormatNumber(static_cast<float>(value));
  }
  return text;
}

std::string Wrong(const std::function<void(Dataset*)>& damage) {
  Dataset data = Three();
  damage(&data);
  return MessageOf([&] { CheckDataset(data); });
}

TEST_CASE("images and tokens come back from a file as they were written") {
  const TempFolder folder;
  const std::string digest = WriteDataset(Three(), folder / "a.h5");
  const Dataset read = ReadDataset(folder / "a.h5");
  REQUIRE(read.inputs.size() == 2);
  const InputBlock& photo = read.inputs[0];
  CHECK(photo.kind == InputKind::kImage);
  CHECK(photo.height == 1);
  CHECK(photo.width == 2);
  CHECK(photo.cols == 2);
  CHECK(Numbers(photo.pixels) == "0 255 51 102 1 2 3 4 5 6 7 8");
  CHECK(Numbers(photo.mean) == "0 0.5");
  CHECK(Numbers(photo.deviation) == "1 0.25");
  const InputBlock& text = read.inputs[1];
  CHECK(text.kind == InputKind::kTokens);
  CHECK(Numbers(text.row_starts) == "0 2 2 5");
  CHECK(Numbers(text.codes) == "0 1 -1 1 2");
  CHECK(text.categories[0] == std::vector<std::string>{"a", "b"});
  CHECK(WriteDataset(read, folder / "b.h5") == digest);
}

TEST_CASE("a batch holds normalised pixels and tokens end to end") {
  const Dataset data = Three();
  Batcher batcher(data, 2);
  const std::vector<Index> rows{2, 0};
  const Batch& batch = batcher.Load(rows);
  const InputBatch& photo = batch.inputs[0];
  CHECK(photo.dense.rows == 4);
  CHECK(photo.dense.cols == 2);
  // 0 / 255, (255 / 255 - 0.5) / 0.25, 51 / 255, (102 / 255 - 0.5) / 0.25.
  CHECK(Numbers(photo.dense.Rows(2, 2).flat()) == "0 2 0.2 -0.4");
  const InputBatch& text = batch.inputs[1];
  CHECK(Numbers(text.row_starts) == "0 3 5");
  CHECK(Numbers(text.codes.flat()) == "2 1 2 0 1");
  CHECK(MostTokens(data, 1) == std::vector<Index>{0, 3});
  CHECK(MostTokens(data, 2) == std::vector<Index>{0, 5});
  CHECK(MostTokens(data, 9) == std::vector<Index>{0, 5});
}

TEST_CASE("the code after the last is a word that is not known, as -1 is") {
  const auto loaded = [](int code) {
    const Dataset data = TableOf(1, {TokenBlock("text", {"a", "b"}, {{code}})});
    CheckDataset(data);
    Batcher batcher(data, 1);
    const std::vector<Index> rows{0};
    return batcher.Load(rows).inputs[0].codes(0, 0);
  };
  CHECK(loaded(1) == 1);
  CHECK(loaded(2) == 2);
  CHECK(loaded(-1) == 2);
  CHECK_THROWS_AS(loaded(3), Error);
}

TEST_CASE("one long row does not make room for many long rows") {
  std::vector<std::vector<std::pair<int, float>>> rows(3);
  for (int col = 0; col < 1 << 19; ++col) rows[1].push_back({col, 1.F});
  const Dataset data = TableOf(3, {SparseBlock("words", 1 << 19, rows)});
  // 2^20 rows as long as the longest would take 4 TB.
  Batcher batcher(data, 1 << 20);
  const std::vector<Index> all{0, 1, 2};
  CHECK(std::ssize(batcher.Load(all).inputs[0].indices) == 1 << 19);
  // Rows may be repeated all the same.
  const std::vector<Index> twice{1, 1};
  CHECK(std::ssize(batcher.Load(twice).inputs[0].indices) == 1 << 20);
}

TEST_CASE("rows of images and tokens are sliced, gathered and appended") {
  const Dataset data = Three();
  for (const InputBlock& block : data.inputs) {
    const std::vector<Index> two{2, 1};
    const InputBlock some = GatherRows(block, two);
    const InputBlock last = SliceRows(block, 2, 1);
    BlockBuilder builder(block, 3);
    builder.Append(SliceRows(block, 0, 1));
    builder.Append(SliceRows(block, 1, 2));
    const InputBlock all = std::move(builder).Finish();
    CHECK(std::ranges::equal(all.pixels, block.pixels));
    CHECK(std::ranges::equal(all.codes, block.codes));
    CHECK(std::ranges::equal(all.row_starts, block.row_starts));
    if (block.kind == InputKind::kImage) {
      CHECK(Numbers(some.pixels) == "5 6 7 8 1 2 3 4");
      CHECK(Numbers(last.pixels) == "5 6 7 8");
    } else {
      CHECK(Numbers(some.row_starts) == "0 3 3");
      CHECK(Numbers(some.codes) == "-1 1 2");
      CHECK(Numbers(last.codes) == "-1 1 2");
    }
  }
}

TEST_CASE("ids of all rows are shared, those of some are taken") {
  const RowIds ids = NumberIds(std::vector<std::int64_t>{7, 9, 8});
  const auto taken = [&](std::vector<Index> rows) {
    return std::get<NumberIds>(TakeIds(ids, rows));
  };
  CHECK(taken({0, 1, 2}) == std::get<NumberIds>(ids));
  CHECK(taken({0, 2, 1}).All() == std::vector<std::int64_t>{7, 8, 9});
  CHECK(taken({0, 1}).All() == std::vector<std::int64_t>{7, 9});
}

TEST_CASE("what is wrong with images is named") {
  CHECK(Wrong([](Dataset*) {}) == "no error");
  CHECK(Wrong([](Dataset* d) { d->inputs[0].width = 3; }) ==
        "input block 'photo' has 12 cells; 3 rows of 6 were expected");
  CHECK(Wrong([](Dataset* d) { d->inputs[0].height = 0; }) ==
        "input block 'photo' has images of 0 x 2 x 2; 1 .. 67108864 numbers "
        "were expected");
  CHECK(Wrong([](Dataset* d) {
          d->inputs[0].height = Index{1} << 40;
          d->inputs[0].width = Index{1} << 40;
        }) ==
        "input block 'photo' has images of 1099511627776 x 1099511627776 x 2; "
        "1 .. 67108864 numbers were expected");
  CHECK(Wrong([](Dataset* d) { d->inputs[0].mean.pop_back(); }) ==
        "input block 'photo' has 1 means and 2 deviations for 2 channels");
  CHECK(Wrong([](Dataset* d) { d->inputs[0].deviation[1] = 0; }) ==
        "input block 'photo': mean 0.5 and deviation 0 cannot normalise "
        "channel 1");
}

TEST_CASE("what is wrong with tokens is named") {
  CHECK(Wrong([](Dataset* d) {
          d->inputs[1].codes = Array<std::int32_t>({0, 1, -1, 1, 3});
        }) == "input block 'text': token 4: code 3 is outside -1 .. 2");
  CHECK(Wrong([](Dataset* d) {
          d->inputs[1].row_starts = Array<std::int64_t>({0, 3, 2, 5});
        }) == "input block 'text': row 1 starts at 3 and ends at 2");
  CHECK(Wrong([](Dataset* d) {
          d->inputs[1].row_starts = Array<std::int64_t>({0, 2, 2, 4});
        }) ==
        "input block 'text': its row starts run from 0 to 4; 0 to 5 was "
        "expected");
  CHECK(Wrong([](Dataset* d) {
          d->inputs[1].row_starts = Array<std::int64_t>({0, 5});
        }) == "input block 'text' has 2 row starts; 4 were expected");
  CHECK(Wrong([](Dataset* d) {
          d->inputs[1].categories[0] = {"a", "a"};
        }) == "input block 'text': word 'a' occurs twice");
  CHECK(Wrong([](Dataset* d) { d->inputs[1].categories.clear(); }) ==
        "input block 'text' has 0 vocabularies; tokens have one");
  CHECK(Wrong([](Dataset* d) { d->inputs[1].columns = {"x"}; }) ==
        "input block 'text' has names of columns; tokens have none");
}

}  // namespace
}  // namespace mtlkit
