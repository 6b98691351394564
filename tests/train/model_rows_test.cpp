// A raw table is predicted a block of rows at a time, to the same bits as when
// all of it goes through the transforms first.
#include "train/model_rows.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/reporter.h"
#include "data/dataset_io.h"
#include "data/small_table.h"
#include "prep/prepare.h"
#include "temp_folder.h"
#include "train/predict.h"

namespace mtlkit {
namespace {

SilentReporter no_reports;

// More than one block of rows, with holes and a category.
constexpr Index kManyRows = 20000;

Dataset RawTable() {
  std::vector<float> numbers;
  std::vector<std::int32_t> codes;
  for (Index row = 0; row < kManyRows; ++row) {
    const auto number = static_cast<float>(row * 37 % 1001) / 8;
    numbers.push_back(row % 11 == 0 ? NAN : number);
    numbers.push_back(number * number + static_cast<float>(row % 5));
    codes.push_back(static_cast<std::int32_t>(row % 3));
    codes.push_back(static_cast<std::int32_t>(row % 7 % 2));
  }
  Dataset table =
      TableOf(kManyRows,
              {DenseBlock("numeric", {"x", "pay"}, numbers),
               CodeBlock("categorical", {"job", "won"},
                         {{"clerk", "cook", "judge"}, {"no", "yes"}}, codes)});
  std::vector<Index>& odd = table.splits["odd"];
  for (Index row = 1; row < kManyRows; row += 2) odd.push_back(row);
  return table;
}

struct MadeRows {
  Dataset raw;
  Dataset ready;
  Model model;
};

MadeRows Make() {
  MadeRows made;
  made.raw = RawTable();
  PrepareOptions options;
  options.task = {"pay", "won"};
  SilentReporter reporter;
  Dataset unsplit = made.raw;
  unsplit.splits.clear();
  made.ready = Prepare(unsplit, options, 1, &reporter);
  made.ready.splits = made.raw.splits;
  ArchOptions arch;
  arch.layers = {"5", "3"};
  std::vector<Index> rows(At(kManyRows));
  std::iota(rows.begin(), rows.end(), Index{0});
  made.model = BuildModel(made.ready, arch, 3, rows);
  return made;
}

Predictions PredictionsBy(const std::vector<EnsembleMember>& members,
                          const Dataset& data, const std::string& split = "") {
  return Predict(members, data, {.split = split}, nullptr);
}

void CheckSameOutputs(const Predictions& a, const Predictions& b) {
  CHECK(a.ids == b.ids);
  REQUIRE(a.tasks.size() == b.tasks.size());
  for (std::size_t t = 0; t < a.tasks.size(); ++t) {
    CHECK(a.tasks[t].pred == b.tasks[t].pred);
    CHECK(a.tasks[t].prob == b.tasks[t].prob);
    CHECK(a.tasks[t].logits == b.tasks[t].logits);
    CHECK(a.tasks[t].y == b.tasks[t].y);
  }
}

TEST_CASE("a raw table is predicted as the prepared one is, to the bit") {
  const MadeRows made = Make();
  ModelRows rows(made.model, made.raw);
  CHECK(!rows.is_whole());
  CHECK(ModelRows(made.model, made.ready).is_whole());
  const EnsembleMember one = {&made.model, 1};
  const EnsembleMember two = {&made.model, 3};
  for (const std::string split : {"", "odd"}) {
    CheckSameOutputs(PredictionsBy({one}, made.raw, split),
                     PredictionsBy({one}, made.ready, split));
    CheckSameOutputs(PredictionsBy({one, two}, made.raw, split),
                     PredictionsBy({one, two}, made.ready, split));
  }
}

TEST_CASE("blocks of a raw table are its rows, whichever are asked for") {
  const MadeRows made = Make();
  ModelRows rows(made.model, made.raw);
  const std::vector<Index> some = {3, 4, 700, 19999};
  const auto [data, numbers] = rows.Load(some);
  CHECK(data->rows == 4);
  CHECK(IdText(data->ids, 3) == IdText(made.raw.ids, 19999));
  for (std::size_t block = 0; block < data->inputs.size(); ++block) {
    const InputBlock& got = data->inputs[block];
    const InputBlock* all = made.ready.FindInput(got.name);
    REQUIRE(all != nullptr);
    if (got.kind != InputKind::kDense) continue;
    for (Index i = 0; i < 4; ++i) {
      for (Index col = 0; col < got.cols; ++col) {
        CHECK(got.dense[numbers[At(i)] * got.cols + col] ==
              all->dense[some[At(i)] * got.cols + col]);
      }
    }
  }
}

TEST_CASE("a column that the model needs is missed before any row is read") {
  const MadeRows made = Make();
  Dataset less = made.raw;
  less.inputs.erase(less.inputs.begin());
  CHECK_THROWS_AS(ModelRows(made.model, less), Error);
}

TEST_CASE("features that are written as they come are those held at once") {
  const MadeRows made = Make();
  TempFolder folder;
  const Dataset held =
      ComputeFeatures(made.model, made.raw, "trunk", nullptr, &no_reports);
  CHECK(held.inputs[0].dense.size() == kManyRows * 3);
  WriteDataset(held, folder / "held.h5", FileKind::kFeatures);
  WriteFeatures(made.model, made.raw, "trunk", {folder / "streamed.h5", ""},
                nullptr, &no_reports);
  CHECK(ReadDataset(folder / "held.h5").content_sha256 ==
        ReadDataset(folder / "streamed.h5").content_sha256);
  const Dataset ready =
      ComputeFeatures(made.model, made.ready, "trunk", nullptr, &no_reports);
  CHECK(std::equal(held.inputs[0].dense.begin(), held.inputs[0].dense.end(),
                   ready.inputs[0].dense.begin()));
}

TEST_CASE("features of an ensemble are an input for each network") {
  MadeRows made = Make();
  TempFolder folder;
  Model other = made.model;
  other.params = other.network->Initialized(8);
  const Model ensemble = EnsembleOf({made.model, other});
  WriteFeatures(ensemble, made.raw, "trunk", {folder / "both.h5", ""}, nullptr,
                &no_reports);
  const Dataset read = ReadDataset(folder / "both.h5");
  REQUIRE(read.inputs.size() == 2);
  CHECK(read.inputs[0].name == "network1.trunk");
  CHECK(read.inputs[1].name == "network2.trunk");
  for (const std::size_t i : {0, 1}) {
    const Dataset alone = ComputeFeatures(i == 0 ? made.model : other, made.raw,
                                          "trunk", nullptr, &no_reports);
    CHECK(std::equal(read.inputs[i].dense.begin(), read.inputs[i].dense.end(),
                     alone.inputs[0].dense.begin()));
  }
}

}  // namespace
}  // namespace mtlkit
