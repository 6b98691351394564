// Values of transforms of categories: rare ones, how frequent each is.
#include <doctest/doctest.h>

#include "base/error.h"
#include "base/text.h"
#include "data/small_table.h"
#include "prep/apply_transforms.h"
#include "prep/fit.h"

namespace mtlkit {
namespace {

// Five training rows: clerk 2, cook 1, judge 1, one missing; then one each of
// cook, a category never seen, and a missing one.
Dataset Jobs() {
  return TableOf(8, {CodeBlock("categorical", {"job"},
                               {{"baker", "clerk", "cook", "judge"}},
                               {1, 1, 2, 3, -1, 2, 0, -1})});
}

InputBlock MadeCategories(const std::string& choice,
                          const Dataset& table = Jobs()) {
  const std::vector<Index> train{0, 1, 2, 3, 4};
  Transforms fitted;
  fitted.push_back(FitSelect(TrainingRows(table.inputs, fitted, train), {}));
  fitted.push_back(
      FitTransform(TrainingRows(table.inputs, fitted, train), choice));
  return ApplyTransforms(fitted, table).inputs[0];
}

TEST_CASE("categories of few rows become one, unseen ones with them") {
  const InputBlock rare = MadeCategories("rare:rows=2");
  CHECK(Join(rare.categories[0], ",") == "clerk,(rare)");
  CHECK(RenderCodes(rare) == "0 | 0 | 1 | 1 | -1 | 1 | 1 | -1");
}

TEST_CASE("unseen categories can stay apart from rare ones") {
  const InputBlock apart = MadeCategories("rare:rows=2,unseen=apart");
  CHECK(RenderCodes(apart) == "0 | 0 | 1 | 1 | -1 | 1 | 2 | -1");
}

TEST_CASE("without a rare category nothing changes") {
  const InputBlock same = MadeCategories("rare:rows=1");
  CHECK(Join(same.categories[0], ",") == "clerk,cook,judge");
  CHECK(RenderCodes(same) == "0 | 0 | 1 | 2 | -1 | 1 | 3 | -1");
}

TEST_CASE("the name of rare ones is nobody else's") {
  const Dataset table = TableOf(
      8, {CodeBlock("categorical", {"job"}, {{"(rare)", "clerk", "cook"}},
                    {0, 0, 1, 2, 2, 1, 1, 1})});
  CHECK(Join(MadeCategories("rare:rows=2", table).categories[0], ",") ==
        "(rare),cook,((rare))");
}

TEST_CASE("a category is how frequent it was in training") {
  const InputBlock numbers = MadeCategories("frequency");
  CHECK(Join(numbers.columns, ",") == "job.frequency");
  // Of five training rows; what is missing is one of them, an unseen category
  // none.
  CHECK(RenderDense(numbers) == "0.4 | 0.4 | 0.2 | 0.2 | 0.2 | 0.2 | 0 | 0.2");
}

TEST_CASE("frequencies stand behind the numbers, other categories stay") {
  const Dataset table = TableOf(
      2, {DenseBlock("numeric", {"x"}, {7, 8}),
          CodeBlock("categorical", {"job", "town"},
                    {{"clerk", "cook"}, {"Aachen", "Bonn"}}, {0, 1, 1, 0})});
  const std::vector<Index> train{0, 1};
  const auto step =
      FitTransform(TrainingRows(table.inputs, {}, train), {"frequency", {}},
                   {{"categorical", "town"}}, "test");
  const auto made = step->Apply(table.inputs, 2);
  REQUIRE(made.size() == 2);
  CHECK(Join(made[0].columns, ",") == "x,town.frequency");
  CHECK(RenderDense(made[0]) == "7 0.5 | 8 0.5");
  CHECK(RenderCodes(made[1]) == "0 | 1");
}

}  // namespace
}  // namespace mtlkit
