// Values of the transforms that prepare_test and transform_test do not show.
#include <doctest/doctest.h>

#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "data/small_table.h"
#include "prep/apply_transforms.h"
#include "prep/fit.h"

namespace mtlkit {
namespace {

Dataset Column(const std::vector<float>& values) {
  return TableOf(static_cast<Index>(values.size()),
                 {DenseBlock("numeric", {"x"}, values)});
}

std::string MadeKinds(const Dataset& table, const std::string& choice,
                      std::vector<Index> train = {}) {
  for (Index row = 0; train.empty() || row < table.rows; ++row) {
    if (row == table.rows) break;
    train.push_back(row);
  }
  const Transforms fitted = {
      FitTransform(TrainingRows(table.inputs, {}, train), choice)};
  return RenderDense(ApplyTransforms(fitted, table).inputs[0]);
}

TEST_CASE("log keeps signs, order and zero") {
  const float e1 = static_cast<float>(std::exp(1.0) - 1);
  CHECK(MadeKinds(Column({0, e1, -e1}), "log") == "0 | 1 | -1");
}

TEST_CASE("clip holds numbers between two quantiles of the training rows") {
  // Quantiles .25 and .75 of 0 1 2 3 4 are 1 and 3.
  CHECK(MadeKinds(Column({0, 1, 2, 3, 4}), "clip:low=0.25,high=0.75") ==
        "1 | 1 | 2 | 3 | 3");
  CHECK(MessageOf([] {
          MadeKinds(Column({1, 2}), "clip:low=0.5,high=0.5");
        }) == "clip: low is 0.5 and high 0.5");
}

TEST_CASE("robust scaling looks at the quartiles, not at what lies outside") {
  // Median 2, quartiles 1 and 3: (x - 2) / (2 / 1.3489795).
  const Dataset table = Column({0, 1, 2, 3, 1e9F});
  const Dataset ready = ApplyTransforms(
      {FitTransform(
          TrainingRows(table.inputs, {}, std::vector<Index>{0, 1, 2, 3, 4}),
          "robust")},
      table);
  CHECK(ready.inputs[0].dense[2] == 0.0F);
  CHECK(ready.inputs[0].dense[3] == doctest::Approx(0.67448975));
}

TEST_CASE("quartiles that are one but for rounding do not scale the rest") {
  // Eight of ten are 3, but for the last bits.
  for (const double unit : {1e-30, 1e-12, 1.0, 1e12, 1e30}) {
    for (const double middle : {0.0, 3.0}) {
      CAPTURE(unit);
      CAPTURE(middle);
      std::vector<double> cells;
      for (int i = 0; i < 10; ++i) {
        const double cell = i < 8 ? middle + i * 1e-10 : middle + i;
        cells.push_back(cell * unit);
      }
      Dataset table = Column(std::vector<float>(10));
      table.inputs[0].dense = {};
      table.inputs[0].wide = Array<double>(std::move(cells));
      const std::vector<Index> rows{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
      const auto made = [&](const char* name) {
        return ApplyTransforms(
                   {FitTransform(TrainingRows(table.inputs, {}, rows), name)},
                   table)
            .inputs[0];
      };
      // As far apart as over the deviation, from the median on.
      const InputBlock robust = made("robust");
      const InputBlock standard = made("standard");
      CHECK(robust.dense[9] - robust.dense[0] ==
            doctest::Approx(standard.dense[9] - standard.dense[0]));
      CHECK(robust.dense[9] < 4);
    }
  }
}

TEST_CASE("inputs are scaled alike from 1e-30 to 1e30") {
  const std::string usual = MadeKinds(Column({1, 2, 3, 4}), "standard");
  for (const float unit : {1e-30F, 1e-12F, 1e12F, 1e30F}) {
    CAPTURE(unit);
    const Dataset table = Column({unit, 2 * unit, 3 * unit, 4 * unit});
    const Dataset ready = ApplyTransforms(
        {FitTransform(
            TrainingRows(table.inputs, {}, std::vector<Index>{0, 1, 2, 3}),
            "standard")},
        table);
    CHECK(ready.inputs[0].dense[0] == doctest::Approx(-1.3416408));
    CHECK(ready.inputs[0].dense[3] == doctest::Approx(1.3416408));
  }
  CHECK(usual.starts_with("-1.34164"));
}

TEST_CASE("many categories are stored sparse, few beside the numbers") {
  std::vector<std::string> names;
  std::vector<std::int32_t> codes;
  std::vector<float> numbers;
  for (int i = 0; i < 10; ++i) {
    names.push_back(Str("w", i));
    codes.insert(codes.end(), {i, i % 2});
    numbers.push_back(static_cast<float>(i));
  }
  const Dataset table = TableOf(10, {DenseBlock("numeric", {"x"}, numbers),
                                     CodeBlock("categorical", {"word", "half"},
                                               {names, {"no", "yes"}}, codes)});
  std::vector<Index> train{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  Transforms fitted;
  fitted.push_back(FitTransform(TrainingRows(table.inputs, fitted, train),
                                "onehot:dense=5"));
  fitted.push_back(FitLayout(TrainingRows(table.inputs, fitted, train)));
  const Dataset ready = ApplyTransforms(fitted, table);
  REQUIRE(ready.inputs.size() == 2);
  CHECK(Join(ready.inputs[0].columns, ",") == "x,half=no,half=yes");
  CHECK(ready.inputs[1].name == "features.sparse");
  CHECK(ready.inputs[1].columns[3] == "word=w3");
  CHECK(RenderSparse(ready.inputs[1]) ==
        "0:1 | 1:1 | 2:1 | 3:1 | 4:1 | 5:1 | 6:1 | 7:1 | 8:1 | 9:1");
}

}  // namespace
}  // namespace mtlkit
