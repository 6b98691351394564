// Texts that are made of other texts.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/reporter.h"
#include "base/rng.h"
#include "data/batch.h"
#include "data/small_table.h"
#include "data/space_blocks.h"
#include "nn/model.h"
#include "train/loop.h"
#include "train/predict.h"

namespace mtlkit {
namespace {

constexpr int kWords = 5;
constexpr int kBegin = kWords;
constexpr Index kEnd = kWords + 1;

// The words of a text the other way round, and whether it begins with the
// first. Every tenth row says nothing of the former.
Dataset ReversedTexts(Index rows) {
  const Rng random(5, RandomPurpose::kTest);
  std::vector<std::vector<int>> there;
  std::vector<std::vector<int>> back;
  std::vector<float> has_text;
  std::vector<float> begins;
  for (Index row = 0; row < rows; ++row) {
    std::vector<int>& text = there.emplace_back();
    const Index length = 1 + static_cast<Index>(random.Below(row, 0, 4));
    for (Index i = 0; i < length; ++i) {
      text.push_back(static_cast<int>(random.Below(row, 1 + i, kWords)));
    }
    back.push_back({kBegin});
    begins.push_back(text[0] == 0 ? 1.0F : 0.0F);
    has_text.push_back(row % 10 == 4 ? std::nanf("") : 1.0F);
    if (row % 10 == 4) continue;
    back.back().insert(back.back().end(), text.rbegin(), text.rend());
  }
  Dataset data = TableOf(
      rows, {TokenBlock("there", {"a", "b", "c", "d", "e"}, there),
             TokenBlock("back", {"a", "b", "c", "d", "e", "<s>"}, back)});
  AddTask(&data, "reversed", ParseTaskType("sequence"), {}, has_text);
  data.tasks[0].tokens = "back";
  data.tasks[0].from = "there";
  data.tasks[0].codes = kEnd + 1;
  AddTask(&data, "begins", TaskType::kBinary, {"no", "yes"}, begins);
  for (Index row = 0; row < rows; ++row) {
    data.splits[row % 5 == 3 ? "valid" : "train"].push_back(row);
  }
  return data;
}

struct Learned {
  Learned(const Dataset& data, int threads, Index epochs) {
    ArchOptions arch;
    arch.layers = {"none"};
    arch.texts = "transformer:width=24,heads=2,ff=32,layers=2,dropout=0";
    model = BuildModel(data, arch, 1, data.SplitRows("train"));
    TrainOptions options;
    options.epochs = epochs;
    options.batch = 32;
    options.optimizer.rate = 0.005;
    ThreadPool pool(threads, 1);
    SilentReporter reporter;
    TrainEnvironment environment;
    environment.pool = &pool;
    environment.reporter = &reporter;
    loss = Train(InputsOf(data, options), options, 1, environment, &model).best;
  }

  Model model;
  double loss = 0;  // of the best constants, which know nothing, 1
};

TEST_CASE("what is learned of a token is what comes behind it") {
  Dataset data = ReversedTexts(12);
  data.inputs[1].codes = [&] {
    std::vector<std::int32_t> codes(data.inputs[1].codes.begin(),
                                    data.inputs[1].codes.end());
    codes[1] = -1;  // the first word of row 0 has no code
    return Array<std::int32_t>(std::move(codes));
  }();
  data.weights.assign(12, 1.0F);
  data.weights[2] = 3;
  Batcher batcher(data, 4);
  const std::vector<Index> rows = {2, 4, 0};
  const Batch& batch = batcher.Load(rows);
  const TargetBatch& target = batch.targets[0];
  const InputBatch& text = batch.inputs[1];
  REQUIRE(target.target.rows == text.row_starts[3]);
  Index labelled = 0;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (Index t = text.row_starts[r]; t < text.row_starts[r + 1]; ++t) {
      CAPTURE(r);
      const bool is_last = t + 1 == text.row_starts[r + 1];
      const Index next = is_last ? kEnd : text.codes.data[t + 1];
      const bool is_known = rows[r] != 4 && (is_last || next != kEnd);
      CHECK((target.weight[At(t)] > 0) == is_known);
      labelled += is_known;
      if (!is_known) continue;
      CHECK(target.target.data[t] == static_cast<Real>(next));
      CHECK(target.weight[At(t)] == (rows[r] == 2 ? 3 : 1));
    }
  }
  CHECK(target.labelled == labelled);
  CHECK(labelled > 4);
}

TEST_CASE("a decoder learns texts that a bag of words cannot say") {
  const Dataset data = ReversedTexts(500);
  const Learned few(data, 1, 1);
  const Learned many(data, 1, 25);
  CHECK(few.loss > 0.4);
  CHECK(many.loss < 0.1);
}

TEST_CASE("texts are learned alike by any threads, and are no inputs") {
  const Dataset data = ReversedTexts(60);
  const Learned one(data, 1, 2);
  const Learned three(data, 3, 2);
  CHECK(std::ranges::equal(std::as_const(one.model.params.weights).all(),
                           std::as_const(three.model.params.weights).all()));
  Dataset other = data;
  other.inputs[1] = TokenBlock("back", {"a", "b", "c", "d", "e", "<s>"},
                               std::vector<std::vector<int>>(60, {kBegin, 2}));
  const std::vector<Index> rows = {0, 1, 2, 3};
  const auto outputs = [&](const Dataset& from) {
    return ComputeOutputs(one.model, DatasetFor(one.model, from), rows,
                          nullptr);
  };
  CHECK(outputs(data)[1] == outputs(other)[1]);
}

TEST_CASE("texts and codes that do not go together are refused") {
  Dataset data = ReversedTexts(20);
  ArchOptions arch;
  const auto build = [&] {
    BuildModel(data, arch, 1, data.SplitRows("train"));
  };
  data.tasks[0].codes = kEnd + 2;
  CHECK_THROWS_WITH_AS(build(), doctest::Contains("prepare the texts again"),
                       Error);
  data.tasks[0].codes = kEnd + 1;
  data.tasks[0].from = "elsewhere";
  CHECK_THROWS_WITH_AS(build(), doctest::Contains("does not read"), Error);
  data.tasks[0].from = "there";
  arch.arch = "pooled";
  CHECK_THROWS_WITH_AS(build(), doctest::Contains("has a decoder"), Error);
}

}  // namespace
}  // namespace mtlkit
