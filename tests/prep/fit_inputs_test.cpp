// What --transform and its short forms make of a table.
#include "prep/fit_inputs.h"

#include <doctest/doctest.h>

#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "data/small_table.h"
#include "prep/apply_transforms.h"
#include "prep/transform_request.h"

namespace mtlkit {
namespace {

const std::vector<Index> kTrain{0, 1, 2, 3};

Dataset MadeInputs(const PrepareOptions& options,
                   const Dataset& table = People()) {
  return ApplyTransforms(FitInputs(table.inputs, kTrain, {}, options), table);
}

std::string Steps(const PrepareOptions& options) {
  std::string names;
  for (const auto& step : FitInputs(People().inputs, kTrain, {}, options)) {
    names += (names.empty() ? "" : " ") + step->Record().name;
  }
  return names;
}

TEST_CASE("the short forms are steps in their usual order") {
  CHECK(Steps({}) == "select impute standard onehot layout");
  PrepareOptions options;
  options.pieces = 4;
  options.scale = "none";
  options.encode = "index";
  CHECK(Steps(options) == "select impute pieces index layout");
}

TEST_CASE("what grows beyond the bounds is refused before the next step") {
  PrepareOptions options;
  options.max_size = "40";
  std::string failure;
  try {
    FitInputs(People().inputs, kTrain, {}, options);
  } catch (const Error& error) {
    failure = error.what();
  }
  CHECK(failure.find("more than the 40 bytes of --max-size") !=
        std::string::npos);
}

TEST_CASE("a column that --transform names gets what stands there, in order") {
  PrepareOptions options;
  options.transform = {"age=impute:method=mean,indicator=false",
                       "age=clip:low=0,high=0.5", "age=minmax"};
  const Dataset ready = MadeInputs(options);
  // 20 30 33.3 50 clipped at their median 31.7, and brought to 0 .. 1.
  const InputBlock& block = ready.inputs[0];
  CHECK(block.columns[0] == "age");
  CHECK(block.dense[0] == 0.0F);
  CHECK(block.dense[6] == doctest::Approx(0.857142857));
  CHECK(block.dense[18] == 1.0F);
  // The other column is standardised as ever: constant, so 0.
  CHECK(block.dense[1] == 0.0F);
  CHECK(Steps(options) ==
        "select impute clip minmax impute standard onehot layout");
}

TEST_CASE("what --transform leaves missing is filled") {
  PrepareOptions options;
  options.transform = {"age=log"};
  options.indicator = "none";
  options.scale = "none";
  const Dataset ready = MadeInputs(options);
  // The median of log 21, log 31 and log 51.
  CHECK(ready.inputs[0].dense[12] == doctest::Approx(3.4339872));
  CHECK(ready.inputs[0].dense[1] == 40.0F);
}

TEST_CASE("indicators of what was missing go in as they are") {
  PrepareOptions options;
  options.pieces = 2;
  const Dataset ready = MadeInputs(options);
  const InputBlock& block = ready.inputs[0];
  const Index at = FindColumn(block, "age.missing");
  REQUIRE(at >= 0);
  for (Index row = 0; row < 6; ++row) {
    CHECK(block.dense[row * block.cols + at] == (row == 2 ? 1.0F : 0.0F));
  }
}

TEST_CASE("quantiles go before pieces, which are standardised") {
  PrepareOptions options;
  options.scale = "quantile";
  options.pieces = 2;
  CHECK(Steps(options) ==
        "select impute quantile pieces standard onehot layout");
  // The median age is the middle of a normal distribution.
  const Dataset ready = MadeInputs(options);
  CHECK(std::abs(ready.inputs[0].dense[ready.inputs[0].cols]) < 0.5F);
}

TEST_CASE("categories can go in in different forms") {
  PrepareOptions options;
  options.transform = {"town=index"};
  options.indicator = "none";
  const Dataset ready = MadeInputs(options);
  REQUIRE(ready.inputs.size() == 2);
  CHECK(Join(ready.inputs[0].columns, ",") == "age,hours,job=clerk,job=cook");
  CHECK(ready.inputs[1].name == "features.categorical");
  CHECK(Join(ready.inputs[1].columns, ",") == "town");
  CHECK(RenderCodes(ready.inputs[1]) == "0 | 1 | 1 | 1 | 1 | 0");
}

TEST_CASE("columns that come of a transform are not transformed again") {
  PrepareOptions options;
  options.transform = {"job=onehot"};
  const Dataset ready = MadeInputs(options);
  const Index clerk = FindColumn(ready.inputs[0], "job=clerk");
  REQUIRE(clerk >= 0);
  CHECK(ready.inputs[0].dense[clerk] == 1.0F);
}

TEST_CASE("requests that cannot be met say so") {
  const auto refusal = [](const std::string& text) {
    return MessageOf([&] {
      PrepareOptions options;
      options.transform = {text};
      MadeInputs(options);
    });
  };
  CHECK(refusal("age") ==
        "--transform age is not COLUMNS=NAME[:option=value,...]");
  CHECK(refusal("age=lgo") ==
        "--transform age=lgo: there is no transform 'lgo'; did you mean "
        "'log'?");
  CHECK(refusal("age=select") ==
        "--transform age=select: there is no transform 'select'");
  CHECK(refusal("agee=log") ==
        "--transform: there is no column 'agee'; did you mean 'age'?");
  CHECK(refusal("job=log") ==
        "--transform job=log: 'log' does not take categorical columns such as "
        "'job'");
  CHECK(refusal("age=clip:low=2") ==
        "--transform age=clip:low=2: clip: low is 2 but must be in [0, 1]");
}

TEST_CASE("a margin has no effect on quantiles") {
  PrepareOptions options;
  options.scale = "quantile";
  options.margin = "0.5";
  CHECK(MessageOf([&] { MadeInputs(options); }) ==
        "--margin 0.5 has no effect: --scale quantile holds numbers within "
        "those of the training rows");
}

TEST_CASE("a column's name may hold '='") {
  const TransformRequest request =
      ParseTransformRequest("ratio=a/b=clip:low=0.1,high=0.9");
  CHECK(request.columns == "ratio=a/b");
  CHECK(ChoiceText(request.choice) == "clip:low=0.1,high=0.9");
}

}  // namespace
}  // namespace mtlkit
