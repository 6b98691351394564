#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/rng.h"
#include "base/text.h"
#include "data/small_table.h"
#include "prep/apply_transforms.h"
#include "prep/fit.h"

namespace mtlkit {
namespace {

// A table of one numeric column.
Dataset Column(const std::vector<float>& values) {
  Dataset table;
  table.rows = static_cast<Index>(values.size());
  InputBlock block;
  block.name = "numeric";
  block.cols = 1;
  block.columns = {"x"};
  block.dense = Array<float>(values);
  table.inputs = {block};
  return table;
}

Transforms Fit(const Dataset& table, Index train, Index pieces) {
  std::vector<Index> rows;
  for (Index row = 0; row < train; ++row) rows.push_back(row);
  return {FitTransform(TrainingRows(table.inputs, {}, rows),
                       Str("pieces:count=", pieces))};
}

TEST_CASE("a number is beside how far it is through each piece of its range") {
  const Dataset table = Column({0, 4, 8, 2, 12, -1});
  const Dataset ready = ApplyTransforms(Fit(table, 3, 2), table);
  CHECK(Join(ready.inputs[0].columns, ",") == "x,x:0..4,x:4..8");
  // Beyond the edges of the training rows the pieces stay at 0 and 1.
  CHECK(RenderDense(ready.inputs[0]) ==
        "0 0 0 | 4 1 0 | 8 1 1 | 2 0.5 0 | 12 1 1 | -1 0 0");
}

TEST_CASE("a column of two values has no pieces: it is one already") {
  const Dataset table = Column({0, 1, 1, 0});
  const Dataset ready = ApplyTransforms(Fit(table, 4, 8), table);
  CHECK(ready.inputs[0].cols == 1);
}

TEST_CASE("one frequent value does not leave the others without pieces") {
  // Nine rows in ten are 0, as of an amount that few have.
  std::vector<float> values(90, 0.0F);
  for (int i = 1; i <= 10; ++i) values.push_back(static_cast<float>(i));
  const Dataset table = Column(values);
  const Dataset ready = ApplyTransforms(Fit(table, 100, 5), table);
  CHECK(Join(ready.inputs[0].columns, ",") ==
        "x,x:0..2,x:2..4,x:4..6,x:6..8,x:8..10");
}

TEST_CASE("there are as many pieces as are asked for, where values allow it") {
  const Rng rng(7, RandomPurpose::kTest);
  for (Index trial = 0; trial < 200; ++trial) {
    // Some values have most of the rows, at the ends or between.
    const auto different = 3 + static_cast<Index>(rng.Uniform(trial, 0) * 40);
    std::vector<float> values;
    for (Index v = 0; v < different; ++v) {
      const double heavy = rng.Uniform(trial, 2 * v + 1) < 0.2 ? 60 : 3;
      const double rows = 1 + heavy * rng.Uniform(trial, 2 * v + 2);
      values.insert(values.end(), static_cast<std::size_t>(rows),
                    static_cast<float>(v));
    }
    const Index pieces = 2 + trial % 17;
    const Dataset table = Column(values);
    const Dataset ready =
        ApplyTransforms(Fit(table, table.rows, pieces), table);
    CHECK(ready.inputs[0].cols - 1 == std::min(pieces, different - 1));
  }
}

TEST_CASE("pieces are named by their edges, as short as they differ") {
  const Dataset few = Column({-3.969F, -1.832F, 0.1F, 150234.5F});
  CHECK(Join(ApplyTransforms(Fit(few, 4, 9), few).inputs[0].columns, ",") ==
        "x,x:-3.969..-1.832,x:-1.832..0.1,x:0.1..150235");
  const Dataset near = Column({1.00001F, 1.00002F, 1.00003F});
  CHECK(Join(ApplyTransforms(Fit(near, 3, 9), near).inputs[0].columns, ",") ==
        "x,x:1.00001..1.00002,x:1.00002..1.00003");
}

TEST_CASE("no piece is as narrow as what rounding does") {
  Dataset table = Column({});
  table.rows = 6;
  table.inputs[0].wide =
      Array<double>({1, 1 + 1e-11, -3, 1e6, 1e6 + 1e-5, -3 - 1e-15});
  CHECK(Join(ApplyTransforms(Fit(table, 6, 9), table).inputs[0].columns, ",") ==
        "x,x:-3..1,x:1..1000000");
  table.inputs[0].wide = Array<double>({1, 1 + 1e-9, 2, 1, 1, 1});
  CHECK(ApplyTransforms(Fit(table, 6, 9), table).inputs[0].cols == 3);
}

TEST_CASE("pieces add up to a straight line through the edges") {
  std::vector<float> values;
  for (int i = 0; i < 200; ++i) {
    values.push_back(static_cast<float>((i * 37) % 101));
  }
  const Dataset table = Column(values);
  const Transforms fitted = Fit(table, 200, 6);
  const auto edges = fitted[0]->Record().arrays.at("numeric.edges");
  const Dataset ready = ApplyTransforms(fitted, table);
  const auto cells = ready.inputs[0].wide.AsRows(ready.inputs[0].cols);
  REQUIRE(cells.cols == static_cast<Index>(edges.size()));
  for (Index row = 0; row < cells.rows; ++row) {
    double sum = edges[0];
    for (Index col = 1; col < cells.cols; ++col) {
      const auto i = static_cast<std::size_t>(col);
      sum += cells(row, col) * (edges[i] - edges[i - 1]);
    }
    CHECK(sum == doctest::Approx(cells(row, 0)));
  }
}

TEST_CASE("a stored record gives the same pieces, a damaged one is refused") {
  const Dataset table = Column({0, 4, 8, 2, 12, -1});
  const Transforms fitted = Fit(table, 6, 3);
  const TransformRecord record = fitted[0]->Record();
  CHECK(RecordsOf(fitted) == RecordsOf({MakeTransform(record)}));
  const auto refuses = [&](const std::function<void(TransformRecord*)>& damage,
                           const std::string& message) {
    TransformRecord damaged = record;
    damage(&damaged);
    CHECK(MessageOf([&] {
            ApplyTransforms({MakeTransform(damaged)}, table);
          }) == "the stored transform 'pieces' is damaged: " + message);
  };
  refuses([](TransformRecord* r) { r->arrays["numeric.counts"][0] = 9; },
          "a column has 9 edges");
  refuses([](TransformRecord* r) { r->arrays["numeric.edges"][1] = -9; },
          "its edges do not ascend");
  refuses([](TransformRecord* r) { r->arrays["numeric.edges"].push_back(99); },
          "it has edges of no column");
  refuses([](TransformRecord* r) { r->arrays.erase("numeric.edges"); },
          "it lacks 'numeric.edges'");
}

}  // namespace
}  // namespace mtlkit
