#include "data/batch.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "allocations.h"
#include "base/text.h"
#include "data/small_table.h"

namespace mtlkit {
namespace {

std::string Render(std::span<const Real> values) {
  std::string text;
  for (const Real value : values) {
    text += (text.empty() ? "" : " ") + FormatNumber(static_cast<float>(value));
  }
  return text;
}

Dataset Prepared() {
  Dataset people = People();
  people.inputs[0] = DenseBlock("features", {"age"}, {0, 1, 2, 3, 4, 5});
  people.tasks[2].mean = {1.5};
  people.tasks[2].deviation = {0.5};
  return people;
}

TEST_CASE("a batch holds the rows asked for, in their order") {
  const Dataset people = Prepared();
  Batcher batcher(people, 4);
  const std::vector<Index> rows{3, 0, 5};

  const Batch& batch = batcher.Load(rows);

  CHECK(batch.rows == 3);
  CHECK(Render(batch.inputs[0].dense.flat()) == "3 0 5");
  CHECK(Render(batch.targets[1].target.flat()) == "nan 2 0");
  CHECK(Render(batch.targets[1].weight) == "0 1 1");
  CHECK(batch.targets[1].labelled == 2);
  CHECK(batch.targets[1].weight_sum == 2);
}

TEST_CASE("a missing or unseen category is the code after the last") {
  const Dataset people = Prepared();
  Batcher batcher(people, 4);
  const std::vector<Index> rows{2, 4};

  const auto codes = batcher.Load(rows).inputs[1].codes;

  CHECK(std::vector<int>(codes.flat().begin(), codes.flat().end()) ==
        std::vector<int>{1, 2, 2, 1});
}

TEST_CASE("a batch of inputs looks at no label") {
  Dataset people = Prepared();
  people.labels.clear();
  Batcher batcher(people, 4, BatchParts::kInputs);
  const std::vector<Index> rows{3, 0, 5};

  const Batch& batch = batcher.Load(rows);

  CHECK(Render(batch.inputs[0].dense.flat()) == "3 0 5");
  CHECK(batch.targets.empty());
}

TEST_CASE("regression targets are given in deviations from the mean") {
  const Dataset people = Prepared();
  Batcher batcher(people, 2);
  const std::vector<Index> rows{5, 4};

  const TargetBatch& height = batcher.Load(rows).targets[2];

  CHECK(Render(height.target.flat()) == "1 nan");
  CHECK(Render(height.weight) == "1 0");
}

TEST_CASE("row weights and label weights multiply; unlabelled rows weigh 0") {
  Dataset people = Prepared();
  people.weights = {1, 2, 3, 4, 5, 6};
  people.labels[0].weights = {1, 1, 1, 0.5F, 1, 0};
  Batcher batcher(people, 6);
  const std::vector<Index> rows{0, 1, 2, 3, 4, 5};

  const TargetBatch& income = batcher.Load(rows).targets[0];

  CHECK(Render(income.weight) == "1 2 0 2 5 0");
  CHECK(income.labelled == 4);
  CHECK(income.weight_sum == 10);
}

// Weights of the only task that all rows weigh.
std::string WeightsTimes(float factor) {
  Dataset people = Prepared();
  people.weights = {1, 2, 3, 4, 5, 6};
  for (float& weight : people.weights) weight *= factor;
  Batcher batcher(people, 6);
  const std::vector<Index> rows{0, 1, 2, 3, 4, 5};
  const TargetBatch& income = batcher.Load(rows).targets[0];
  CHECK(income.labelled == 5);
  return Render(income.weight);
}

TEST_CASE("weights far from 1 are given in a unit of their own") {
  CHECK(WeightsTimes(1) == "1 2 0 4 5 6");
  CHECK(WeightsTimes(1024) == "1024 2048 0 4096 5120 6144");
  // 6 x 2^100 is 1.5 x 2^102.
  CHECK(WeightsTimes(0x1p100F) == "0.25 0.5 0 1 1.25 1.5");
  CHECK(WeightsTimes(0x1p-100F) == "0.25 0.5 0 1 1.25 1.5");
}

TEST_CASE("a task with rows of its own has no label elsewhere") {
  Dataset people = Prepared();
  people.labels[0].on_all_rows = false;
  people.labels[0].rows = {1, 4};
  people.labels[0].values = {1, 0};
  people.labels[0].weights = {3, 1};
  Batcher batcher(people, 6);
  const std::vector<Index> rows{4, 3, 1};

  const TargetBatch& income = batcher.Load(rows).targets[0];

  CHECK(Render(income.target.flat()) == "0 nan 1");
  CHECK(Render(income.weight) == "1 0 3");
}

TEST_CASE("compressed rows are gathered with their starts") {
  const Dataset table =
      TableOf(3, {SparseBlock("bow", 5, {{{0, 1}, {4, 2}}, {}, {{2, 3}}})});
  Batcher batcher(table, 3);
  const std::vector<Index> rows{2, 1, 0};

  const InputBatch& bow = batcher.Load(rows).inputs[0];

  CHECK(std::vector<Index>(bow.row_starts.begin(), bow.row_starts.end()) ==
        std::vector<Index>{0, 1, 1, 3});
  CHECK(std::vector<int>(bow.indices.begin(), bow.indices.end()) ==
        std::vector<int>{2, 0, 4});
  CHECK(Render(bow.values) == "3 1 2");
  CHECK(bow.sparse_cols == 5);
}

TEST_CASE("loading a batch allocates nothing") {
  Dataset people = Prepared();
  people.labels[0].on_all_rows = false;
  people.labels[0].rows = {1, 4};
  people.labels[0].values = {1, 0};
  people.inputs.push_back(SparseBlock(
      "bow", 5, {{{0, 1}, {4, 2}}, {}, {{2, 3}}, {}, {{1, 1}}, {}}));
  Batcher batcher(people, 6);
  const std::vector<Index> some{3, 0, 0};
  const std::vector<Index> all{0, 1, 2, 3, 4, 5};

  const auto before = AllocationCount();
  batcher.Load(all);
  batcher.Load(some);
  const auto after = AllocationCount();

  CHECK(after == before);
}

TEST_CASE("a missing number is refused with its place") {
  const Dataset people = People();
  Batcher batcher(people, 6);
  const std::vector<Index> rows{0, 2};

  CHECK(MessageOf([&] { batcher.Load(rows); }) ==
        "input block 'numeric', column 'age', row '2' is missing");
}

TEST_CASE("a number that single precision does not hold is refused as such") {
  Dataset people = People();
  std::vector<double> cells(At(people.inputs[0].cols * people.rows), 1);
  cells[0] = 1e39;
  people.inputs[0].dense = {};
  people.inputs[0].wide = Array<double>(std::move(cells));
  Batcher batcher(people, 6);
  const std::vector<Index> rows{0};
  const std::string message = MessageOf([&] { batcher.Load(rows); });
  const bool is_refused =
      message.find("is beyond the range of single precision, 3.4e38") !=
      std::string::npos;
  CHECK(is_refused == (sizeof(Real) == sizeof(float)));
}

TEST_CASE("one long row does not count for a whole batch") {
  Dataset data;
  data.rows = 3;
  data.ids = std::vector<std::int64_t>{0, 1, 2};
  InputBlock block;
  block.name = "words";
  block.kind = InputKind::kSparse;
  block.cols = 200000;
  std::vector<std::int32_t> indices;
  for (std::int32_t i = 0; i < 200000; ++i) indices.push_back(i);
  indices.insert(indices.end(), {1, 2});
  block.values = Array<float>(std::vector<float>(indices.size(), 1.0F));
  block.indices = Array<std::int32_t>(std::move(indices));
  block.row_starts =
      Array<std::int64_t>(std::vector<std::int64_t>{0, 200000, 200001, 200002});
  data.inputs.push_back(std::move(block));

  // Terabytes, if every row of a batch were as long (see allocations.h).
  Batcher batcher(data, 2000000);
  CHECK(batcher.Load(std::vector<Index>{0, 2}).inputs[0].indices.size() ==
        200001);
  // A row may come twice.
  CHECK(batcher.Load(std::vector<Index>{0, 0}).inputs[0].indices.size() ==
        400000);
}

}  // namespace
}  // namespace mtlkit
