#include "prep/apply_transforms.h"

#include <doctest/doctest.h>

#include <limits>
#include <set>

#include "base/text.h"
#include "data/small_table.h"
#include "prep/fit.h"

namespace mtlkit {
namespace {

struct Recipe {
  std::set<ColumnRef> left_out = {};
  std::string impute = "median";
  std::string scale = "none";
  std::string encode = "onehot";
};

Transforms Fit(const Dataset& table, const std::vector<Index>& train,
               const Recipe& recipe = {}) {
  Transforms done;
  const auto rows = [&] { return TrainingRows(table.inputs, done, train); };
  done.push_back(FitSelect(rows(), recipe.left_out));
  done.push_back(
      FitTransform(rows(), "impute:indicator=false,method=" + recipe.impute));
  if (recipe.scale != "none")
    done.push_back(FitTransform(rows(), recipe.scale));
  done.push_back(FitTransform(rows(), recipe.encode));
  done.push_back(FitLayout(rows()));
  return done;
}

// The first four people are for training: ages 20 30 ? 50, jobs clerk cook
// cook clerk, towns Aachen Bonn ? Bonn.
const std::vector<Index> kTrain{0, 1, 2, 3};

TEST_CASE("numbers come first, then a column for each category seen") {
  const Dataset people = People();
  const Dataset ready = ApplyTransforms(Fit(people, kTrain), people);

  REQUIRE(ready.inputs.size() == 1);
  CHECK(ready.inputs[0].name == "features");
  CHECK(Join(ready.inputs[0].columns, ",") ==
        "age,hours,job=clerk,job=cook,town=Aachen,town=Bonn");
  CHECK(RenderDense(ready.inputs[0]) ==
        "20 40 1 0 1 0 | 30 40 0 1 0 1 | 30 40 0 1 0 1 | 50 40 1 0 0 1 | "
        "70 40 0 0 0 1 | 90 40 0 0 1 0");
}

TEST_CASE("a missing value becomes the median or the mean of training rows") {
  const Dataset people = People();
  const Dataset mean =
      ApplyTransforms(Fit(people, kTrain, {.impute = "mean"}), people);
  CHECK(mean.inputs[0].dense[12] == doctest::Approx(100.0 / 3));

  // An even number of known values: the mean of the two in the middle.
  const Dataset median = ApplyTransforms(Fit(people, {0, 1, 2}), people);
  CHECK(median.inputs[0].dense[12] == 25.0F);
}

TEST_CASE("standard scaling uses training rows; constant columns stay finite") {
  const Dataset people = People();
  const Dataset ready = ApplyTransforms(
      Fit(people, {0, 1, 3},
          {.left_out = {{"categorical", "job"}, {"categorical", "town"}},
           .scale = "standard"}),
      people);
  // Mean 100/3 and deviation sqrt(1400/9) of 20, 30, 50.
  CHECK(ready.inputs[0].dense[0] == doctest::Approx(-1.0690450));
  // Nothing grows on far beyond 50, the most in training: to 53.
  CHECK(ready.inputs[0].dense[10] == doctest::Approx(1.5768413));
  CHECK(ready.inputs[0].dense[1] == 0.0F);
}

TEST_CASE("minmax scaling maps the training rows to 0 .. 1") {
  const Dataset people = People();
  const Dataset ready = ApplyTransforms(
      Fit(people, {0, 1, 3},
          {.left_out = {{"categorical", "job"}, {"categorical", "town"}},
           .scale = "minmax"}),
      people);
  const auto cells = RenderDense(ready.inputs[0]);
  CHECK(cells.starts_with("0 0 | 0.33333334 0"));
  CHECK(ready.inputs[0].dense[6] == 1.0F);
}

TEST_CASE("indexed categories keep a code for what training never saw") {
  const Dataset people = People();
  const Dataset ready =
      ApplyTransforms(Fit(people, kTrain, {.encode = "index"}), people);
  REQUIRE(ready.inputs.size() == 2);
  CHECK(ready.inputs[0].name == "features");
  CHECK(ready.inputs[1].name == "features.categorical");
  CHECK(Join(ready.inputs[1].categories[0], ",") == "clerk,cook");
  // The judges of rows 4 and 5 were not in training: code 2 of {0, 1}.
  CHECK(RenderCodes(ready.inputs[1]) == "0 0 | 1 1 | 1 1 | 0 1 | 2 1 | 2 0");
  CheckDataset(ready);
}

TEST_CASE("views stay apart") {
  const Dataset table =
      TableOf(2, {DenseBlock("fou.numeric", {"a"}, {1, 2}),
                  DenseBlock("kar.numeric", {"a", "b"}, {3, 4, 5, 6}),
                  CodeBlock("kar.categorical", {"c"}, {{"x", "y"}}, {0, 1})});
  const Dataset ready = ApplyTransforms(Fit(table, {0, 1}), table);
  REQUIRE(ready.inputs.size() == 2);
  CHECK(ready.inputs[0].name == "fou");
  CHECK(RenderDense(ready.inputs[0]) == "1 | 2");
  CHECK(ready.inputs[1].name == "kar");
  CHECK(RenderDense(ready.inputs[1]) == "3 4 1 0 | 5 6 0 1");
}

TEST_CASE("sparse inputs stay sparse, and max-abs scales them") {
  const Dataset table =
      TableOf(3, {SparseBlock("sparse", 3, {{{0, 2}, {2, -4}}, {}, {{2, 8}}})});
  const Dataset plain =
      ApplyTransforms(Fit(table, {0, 1}, {.scale = "standard"}), table);
  CHECK(plain.inputs[0].name == "features");
  CHECK(RenderSparse(plain.inputs[0]) == "0:2 2:-4 |  | 2:8");
  const Dataset scaled =
      ApplyTransforms(Fit(table, {0, 1}, {.scale = "max-abs"}), table);
  CHECK(RenderSparse(scaled.inputs[0]) == "0:1 2:-1 |  | 2:0.1");
}

TEST_CASE("a table with its columns in another order gives the same") {
  const Dataset people = People();
  const Transforms fitted = Fit(people, kTrain, {.scale = "standard"});
  const Dataset other = TableOf(
      1, {CodeBlock("categorical", {"town", "job"},
                    {{"Bonn", "Celle"}, {"astronaut", "clerk"}}, {1, 1}),
          DenseBlock("numeric", {"hours", "age"}, {40, 20})});
  const Dataset ready = ApplyTransforms(fitted, other);
  const Dataset whole = ApplyTransforms(fitted, people);
  for (Index i = 0; i < 4; ++i) {
    CHECK(ready.inputs[0].dense[i] == whole.inputs[0].dense[i]);
  }
  // Celle was never seen: its group is all zeros.
  CHECK(ready.inputs[0].dense[4] == 0.0F);
  CHECK(ready.inputs[0].dense[5] == 0.0F);
}

TEST_CASE("a table of other columns is refused by the column's name") {
  const Dataset people = People();
  const Transforms fitted =
      Fit(people, kTrain, {.left_out = {{"numeric", "hours"}}});
  const auto refusal = [&](std::vector<InputBlock> inputs) {
    return MessageOf(
        [&] { ApplyTransforms(fitted, TableOf(1, std::move(inputs))); });
  };
  const InputBlock codes =
      CodeBlock("categorical", {"job", "town"}, {{"clerk"}, {"Bonn"}}, {0, 0});
  CHECK(refusal({DenseBlock("numeric", {"age"}, {1}), codes}) == "no error");
  CHECK(refusal({DenseBlock("numeric", {"age", "hours"}, {1, 2}), codes}) ==
        "no error");
  CHECK(refusal({codes}) == "column 'age' is missing");
  CHECK(refusal({DenseBlock("numeric", {"age", "townn"}, {1, 2}), codes}) ==
        "column 'townn' was not there when the transforms were fitted; did you "
        "mean 'town'?");
  CHECK(refusal({CodeBlock("categorical", {"job", "town", "age"},
                           {{"clerk"}, {"Bonn"}, {"old"}}, {0, 0, 0})}) ==
        "column 'age' is categorical here and was dense when the transforms "
        "were fitted");
  CHECK(refusal({DenseBlock("numeric", {"age"},
                            {std::numeric_limits<float>::infinity()}),
                 codes}) == "column 'age', row '0' is infinite");
}

TEST_CASE("rows that went through the transforms are not transformed again") {
  const Dataset people = People();
  const Transforms fitted = Fit(people, kTrain);
  const Dataset once = ApplyTransforms(fitted, people);
  const Dataset twice = ApplyTransforms(fitted, once);
  CHECK(RenderDense(twice.inputs[0]) == RenderDense(once.inputs[0]));

  const Transforms other = Fit(people, {0, 1, 2, 3, 4, 5});
  CHECK(MessageOf([&] { ApplyTransforms(other, once); }) ==
        "the rows were prepared in another way than those of the model");
}

TEST_CASE("a stored record gives the same transform again") {
  const Dataset people = People();
  for (const char* scale : {"standard", "minmax", "max-abs"}) {
    const Transforms fitted =
        Fit(people, kTrain, {.scale = scale, .encode = "index"});
    Transforms again;
    for (const auto& step : fitted) {
      again.push_back(MakeTransform(step->Record()));
    }
    CHECK(RecordsOf(fitted) == RecordsOf(again));
    CHECK(RenderDense(ApplyTransforms(again, people).inputs[0]) ==
          RenderDense(ApplyTransforms(fitted, people).inputs[0]));
  }
}

TEST_CASE("damaged records are refused") {
  const Dataset people = People();
  const Transforms fitted = Fit(people, kTrain, {.scale = "standard"});
  const auto apply = [&](std::size_t step,
                         const std::function<void(TransformRecord*)>& damage) {
    return MessageOf([&] {
      Transforms damaged = fitted;
      TransformRecord record = fitted[step]->Record();
      damage(&record);
      damaged[step] = MakeTransform(record);
      ApplyTransforms(damaged, people);
    });
  };
  const std::string impute = "the stored transform 'impute' is damaged: ";
  CHECK(apply(1, [](TransformRecord* r) { r->spec = "{"; }) ==
        impute + "its description is not JSON");
  CHECK(apply(1, [](TransformRecord* r) { r->spec = "{}"; }) ==
        impute + "its description lacks a part");
  CHECK(apply(1, [](TransformRecord* r) { r->arrays["numeric"].pop_back(); }) ==
        impute + "'numeric' has 1 numbers for 2 columns");
  CHECK(apply(1, [](TransformRecord* r) {
          r->arrays["numeric"][0] = static_cast<double>(kNan);
        }) == impute + "'numeric' is not finite");
  CHECK(apply(1, [](TransformRecord* r) { r->arrays["categorical"][0] = 2; }) ==
        impute + "'categorical' names category 2 of 2");
  CHECK(apply(1, [](TransformRecord* r) { r->arrays.erase("numeric"); }) ==
        impute + "it lacks 'numeric'");
  CHECK(
      apply(2, [](TransformRecord* r) { r->arrays["numeric.scale"][0] = 0; }) ==
      "the stored transform 'standard' is damaged: a scale is not above 0");
  CHECK(apply(2, [](TransformRecord* r) { r->name = "whiten"; }) ==
        "there is no transform 'whiten'");
}

TEST_CASE("what cannot be fitted is named") {
  const Dataset people = People();
  CHECK(MessageOf([&] { Fit(people, {2}); }) ==
        "column 'age' has no value in the training rows");
  const std::set<ColumnRef> all{{"numeric", "age"},
                                {"numeric", "hours"},
                                {"categorical", "job"},
                                {"categorical", "town"}};
  CHECK(MessageOf([&] { Fit(people, kTrain, {.left_out = all}); }) ==
        "no input column is left");
}

TEST_CASE("infinite numbers are refused, unless they do not go in") {
  const float infinite = std::numeric_limits<float>::infinity();
  const Dataset table = TableOf(
      3, {DenseBlock("numeric", {"a", "b"}, {1, 2, 3, infinite, 5, 6})});
  CHECK(MessageOf([&] {
          Fit(table, {0, 1, 2});
        }) == "column 'b', row '1' is infinite");
  const Transforms fitted = Fit(table, {0, 2});
  CHECK(MessageOf([&] { ApplyTransforms(fitted, table); }) ==
        "column 'b', row '1' is infinite");
  const Transforms without =
      Fit(table, {0, 1, 2}, {.left_out = {{"numeric", "b"}}});
  CHECK(RenderDense(ApplyTransforms(without, table).inputs[0]) == "1 | 3 | 5");
}

TEST_CASE("numbers in double precision are scaled before they are shortened") {
  InputBlock block = DenseBlock("numeric", {"time"}, {});
  block.wide = Array<double>({1600000000, 1600000001, 1600000002});
  const Dataset table = TableOf(3, {block});
  const Dataset ready =
      ApplyTransforms(Fit(table, {0, 1, 2}, {.scale = "minmax"}), table);
  CHECK(RenderDense(ready.inputs[0]) == "0 | 0.5 | 1");
}

}  // namespace
}  // namespace mtlkit
