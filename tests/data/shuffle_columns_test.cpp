#include "data/shuffle_columns.h"

#include <doctest/doctest.h>

#include <vector>

#include "data/kind_samples.h"

namespace mtlkit {
namespace {

const std::vector<Index> kTurned = {3, 2, 1, 0};

TEST_CASE("a column of numbers or codes moves, the others stay") {
  const InputBlock numbers = ShuffleColumns(SampleBlock(InputKind::kDense),
                                            std::vector<Index>{1}, kTurned);
  CHECK(std::vector<float>(numbers.dense.begin(), numbers.dense.end()) ==
        std::vector<float>{1, 8, -3, 0, 5, 4, 7, 2});
  const InputBlock codes = ShuffleColumns(SampleBlock(InputKind::kCategorical),
                                          std::vector<Index>{0}, kTurned);
  CHECK(std::vector<std::int32_t>(codes.codes.begin(), codes.codes.end()) ==
        std::vector<std::int32_t>{-1, 0, 1, -1, 1, 0, 0, -1});
}

TEST_CASE("columns of a sparse block move with their empty cells") {
  // Rows {0: 1, 4: 2}, {}, {2: 3}, {1: -1, 2: 4}; columns 2 and 4 move.
  const InputBlock sparse = ShuffleColumns(SampleBlock(InputKind::kSparse),
                                           std::vector<Index>{2, 4}, kTurned);
  CHECK(std::vector<std::int64_t>(sparse.row_starts.begin(),
                                  sparse.row_starts.end()) ==
        std::vector<std::int64_t>{0, 2, 3, 3, 5});
  CHECK(
      std::vector<std::int32_t>(sparse.indices.begin(), sparse.indices.end()) ==
      std::vector<std::int32_t>{0, 2, 2, 1, 4});
  CHECK(std::vector<float>(sparse.values.begin(), sparse.values.end()) ==
        std::vector<float>{1, 4, 3, -1, 2});
}

TEST_CASE("of images and texts whole rows move") {
  const InputBlock image =
      ShuffleColumns(SampleBlock(InputKind::kImage), {}, kTurned);
  CHECK(image.pixels[0] == 9);
  CHECK(image.pixels[12] == 0);
  const InputBlock text =
      ShuffleColumns(SampleBlock(InputKind::kTokens), {}, kTurned);
  CHECK(std::vector<std::int64_t>(text.row_starts.begin(),
                                  text.row_starts.end()) ==
        std::vector<std::int64_t>{0, 1, 4, 4, 6});
}

}  // namespace
}  // namespace mtlkit
