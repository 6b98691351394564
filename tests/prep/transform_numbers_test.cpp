// Values of transforms of numbers: bounds of scales, root, quantile, indicators
// of what is missing.
#include <doctest/doctest.h>

#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "data/small_table.h"
#include "prep/apply_transforms.h"
#include "prep/fit.h"

namespace mtlkit {
namespace {

Dataset OneColumn(const std::vector<float>& values) {
  return TableOf(static_cast<Index>(values.size()),
                 {DenseBlock("numeric", {"x"}, values)});
}

// FittedNumbers to `train`, of `rows`.
std::vector<float> FittedNumbers(const std::vector<float>& train,
                                 const std::vector<float>& rows,
                                 const std::string& choice) {
  const Dataset table = OneColumn(train);
  std::vector<Index> all;
  for (Index row = 0; row < table.rows; ++row) all.push_back(row);
  const Transforms fitted = {
      FitTransform(TrainingRows(table.inputs, {}, all), choice)};
  const Dataset made = ApplyTransforms(fitted, OneColumn(rows));
  return {made.inputs[0].dense.begin(), made.inputs[0].dense.end()};
}

void CheckNumbers(const std::vector<float>& made,
                  const std::vector<double>& wanted) {
  REQUIRE(made.size() == wanted.size());
  for (std::size_t i = 0; i < made.size(); ++i) {
    CAPTURE(i);
    CHECK(made[i] == doctest::Approx(wanted[i]).epsilon(1e-6));
  }
}

TEST_CASE("scaled numbers go as far as the training rows and their margin") {
  const std::vector<float> train{1, 2, 5};
  const std::vector<float> rows{-9, 0, 1, 5, 6, 90};
  CheckNumbers(FittedNumbers(train, rows, "minmax:margin=0"),
               {0, 0, 0, 1, 1, 1});
  // A quarter of the range is 1.
  CheckNumbers(FittedNumbers(train, rows, "minmax:margin=0.25"),
               {-0.25, -0.25, 0, 1, 1.25, 1.25});
  CheckNumbers(FittedNumbers(train, rows, "minmax:margin=none"),
               {-2.5, -0.25, 0, 1, 1.25, 22.25});
  CheckNumbers(FittedNumbers(train, rows, "max-abs:margin=0"),
               {0.2, 0.2, 0.2, 1, 1, 1});
  // Mean 8/3, deviation sqrt(26)/3.
  CheckNumbers(
      FittedNumbers(train, rows, "standard:margin=0"),
      {-0.9805807, -0.9805807, -0.9805807, 1.3728130, 1.3728130, 1.3728130});
  // Median 2, quartiles 1.5 and 3.5.
  CheckNumbers(FittedNumbers(train, {9}, "robust:margin=0"),
               {3 * 1.3489795 / 2});
  // One value is all that there is.
  CheckNumbers(FittedNumbers({7, 7}, {7, 900}, "standard:margin=0"), {0, 0});
}

TEST_CASE("a margin is a part of a range, or none") {
  for (const char* text : {"-1", "x", "nan", "inf", ""}) {
    CAPTURE(text);
    CHECK(MessageOf([&] {
            FittedNumbers({1, 2}, {1}, Str("minmax:margin=", text));
          }).find("margin") != std::string::npos);
  }
}

TEST_CASE("sparse entries are held as well") {
  const Dataset table = TableOf(
      3, {SparseBlock("sparse", 2, {{{0, 2}, {1, -4}}, {}, {{0, 8}, {1, 1}}})});
  const Transforms fitted = {
      FitTransform(TrainingRows(table.inputs, {}, std::vector<Index>{0, 1}),
                   "max-abs:margin=0")};
  CHECK(RenderSparse(ApplyTransforms(fitted, table).inputs[0]) ==
        "0:1 1:-1 |  | 0:1 1:0");
}

TEST_CASE("root keeps signs, order and zero") {
  CheckNumbers(FittedNumbers({0, 1}, {0, 9, -9, 0.25F}, "root"),
               {0, 3, -3, 0.5});
}

// Of scikit-learn's QuantileTransformer, n_quantiles = 10 and 4; but for the
// number 4, which two of ten rows have: of one of them its percentiles make
// 3.999999999999999, and the two are no longer equal.
TEST_CASE("quantile takes the middle of what equal numbers share") {
  const std::vector<float> train{0.5F, 1, 1, 1, 2, 3.5F, 4, 4, 7, 10};
  const std::vector<float> rows{0.5F, 1, 1.5F, 3.5F, 3.9F, 4, 6, 10};
  CheckNumbers(
      FittedNumbers(train, rows, "quantile:output=uniform,count=10"),
      {0, 0.2222222, 0.3888889, 0.5555556, 0.6444444, 0.7222222, 0.8518519, 1});
  CheckNumbers(
      FittedNumbers(train, rows, "quantile:output=uniform,count=4"),
      {0, 0.3333333, 0.3888889, 0.6111111, 0.6555556, 0.6666667, 0.7777778, 1});
  CheckNumbers(FittedNumbers(train, rows, "quantile:count=10"),
               {-5.1993376, -0.7647097, -0.2822161, 0.1397103, 0.3703642,
                0.5894558, 1.0444088, 5.1993376});
}

TEST_CASE("quantile holds what lies beyond the training rows") {
  // Half of the rows have the least number: it is their middle, .25.
  CheckNumbers(
      FittedNumbers({0, 0, 0, 1, 2}, {-9, 0, 2, 9}, "quantile:output=uniform"),
      {0.25, 0.25, 1, 1});
  CheckNumbers(FittedNumbers({7, 7}, {6, 7, 8}, "quantile"), {0, 0, 0});
}

TEST_CASE("a column says which numbers were missing") {
  const Dataset table =
      TableOf(4, {DenseBlock("numeric", {"a", "b", "c", "d"},
                             {1, kNan, kNan, 3, 2, 5, 6, 3, 3, kNan, kNan, 4,
                              kNan, 7, 8, kNan})});
  const auto made = [&](const char* choice) {
    const Transforms fitted = {FitTransform(
        TrainingRows(table.inputs, {}, std::vector<Index>{0, 1, 2}), choice)};
    return ApplyTransforms(fitted, table).inputs[0];
  };
  // No training row lacks `a` or `d`, and `c` is missing where `b` is.
  const InputBlock marked = made("impute");
  CHECK(Join(marked.columns, ",") == "a,b,c,d,b.missing");
  CHECK(RenderDense(marked) == "1 5 6 3 1 | 2 5 6 3 0 | 3 5 6 4 1 | 2 7 8 3 0");
  CHECK(Join(made("impute:indicator=false").columns, ",") == "a,b,c,d");
}

}  // namespace
}  // namespace mtlkit
