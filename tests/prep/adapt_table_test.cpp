#include "prep/adapt_table.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "data/small_table.h"
#include "h5/provenance.h"
#include "prep/apply_transforms.h"
#include "prep/fit.h"

namespace mtlkit {
namespace {

// Numbers `age`, categories `zip` (10115, 01067) and `town`; `y` is a label.
Dataset TableToAdapt() {
  return TableOf(
      4, {DenseBlock("numeric", {"age", "y"}, {20, 0, 30, 1, 40, 0, 50, 1}),
          CodeBlock("categorical", {"zip", "town"},
                    {{"01067", "10115"}, {"Berlin", "Bonn"}},
                    {0, 0, 1, 1, 0, 1, 1, 0})});
}

TransformRecords Fitted() {
  const Dataset table = TableToAdapt();
  const std::vector<Index> train{0, 1, 2, 3};
  Transforms fitted;
  const auto rows = [&] { return TrainingRows(table.inputs, fitted, train); };
  fitted.push_back(FitSelect(rows(), {{"numeric", "y"}}));
  for (const char* step : {"impute", "onehot", "layout"}) {
    fitted.push_back(FitTransform(rows(), step));
  }
  return RecordsOf(fitted);
}

std::string Made(const Dataset& raw, std::vector<std::string>* warnings) {
  const TransformRecords records = Fitted();
  const Dataset ready =
      ApplyTransforms(records, AdaptTable(records, raw, warnings));
  return RenderDense(ready.inputs[0]);
}

TEST_CASE("a table as the model knows it stays as it is") {
  std::vector<std::string> warnings;
  CHECK(Made(TableToAdapt(), &warnings) ==
        "20 1 0 1 0 | 30 0 1 0 1 | 40 1 0 0 1 | 50 0 1 1 0");
  CHECK(warnings.empty());
}

TEST_CASE("columns that the model does not know are left out") {
  std::vector<std::string> warnings;
  const Dataset raw =
      TableOf(1, {CodeBlock("categorical", {"note", "town", "zip"},
                            {{"hi"}, {"Bonn"}, {"10115"}}, {0, 0, 0}),
                  DenseBlock("numeric", {"extra", "age"}, {7, 30})});
  CHECK(Made(raw, &warnings) == "30 0 1 0 1");
  CHECK(Join(warnings, "|") ==
        "the model does not know the columns 'note', 'extra': they are left "
        "out");
}

TEST_CASE("numbers are read as categories where the model has categories") {
  std::vector<std::string> warnings;
  const Dataset raw =
      TableOf(2, {DenseBlock("numeric", {"zip", "age"}, {1067, 20, 10115, 30}),
                  CodeBlock("categorical", {"town"}, {{"Bonn"}}, {0, 0})});
  CHECK(Made(raw, &warnings) == "20 1 0 0 1 | 30 0 1 0 1");
  CHECK(warnings.empty());
}

TEST_CASE("of several categories of one value numbers are the one so written") {
  Dataset table = TableToAdapt();
  table.inputs[1].categories[0] = {"01067", "1067", "5.0", "5.00"};
  Transforms fitted;
  const std::vector<Index> train{0, 1, 2, 3};
  fitted.push_back(FitSelect(TrainingRows(table.inputs, fitted, train), {}));
  const Dataset raw =
      TableOf(3, {DenseBlock("numeric", {"zip", "age", "y"},
                             {1067, 20, 0, 5, 30, 0, 7, 30, 1}),
                  CodeBlock("categorical", {"town"}, {{"Bonn"}}, {0, 0, 0})});
  std::vector<std::string> warnings;
  const Dataset made = AdaptTable(RecordsOf(fitted), raw, &warnings);
  const InputBlock& codes = *made.FindInput("categorical");
  CHECK(Join(codes.categories[1], " ") == "5 7 1067");
  CHECK(Join(warnings, "|") ==
        "column 'zip': 2 rows have a category that training never saw, such "
        "as '5'");
}

TEST_CASE("dates are refused where the model has numbers or words") {
  const Dataset table = TableToAdapt();
  for (const auto& [date, was] :
       {std::pair{"age", "numbers"}, std::pair{"zip", "words"}}) {
    CAPTURE(date);
    Dataset raw =
        TableOf(1, {DenseBlock("numeric", {"age", "zip"}, {20, 1067}),
                    CodeBlock("categorical", {"town"}, {{"Bonn"}}, {0})});
    raw.inputs[0].dates = {date};
    std::vector<std::string> warnings;
    CHECK_THROWS_WITH_AS(
        Made(raw, &warnings),
        doctest::Contains(
            Str("column '", date, "' has dates here and had ", was).c_str()),
        Error);
  }
}

TEST_CASE("words that are numbers are read as numbers where those are known") {
  std::vector<std::string> warnings;
  const Dataset raw = TableOf(
      2, {CodeBlock("categorical", {"age", "town", "zip"},
                    {{"20", "3e1"}, {"Bonn"}, {"10115"}}, {0, 0, 0, 1, 0, 0})});
  CHECK(Made(raw, &warnings) == "20 0 1 0 1 | 30 0 1 0 1");
}

TEST_CASE("categories that training never saw are counted") {
  std::vector<std::string> warnings;
  const Dataset raw = TableOf(
      3,
      {DenseBlock("numeric", {"age"}, {1, 2, 3}),
       CodeBlock("categorical", {"zip", "town"},
                 {{"10115"}, {"Bonn", "Celle", "Trier"}}, {0, 0, 0, 1, 0, 2})});
  CHECK(Made(raw, &warnings) == "1 0 1 0 1 | 2 0 1 0 0 | 3 0 1 0 0");
  CHECK(Join(warnings, "|") ==
        "column 'town': 2 rows have a category that training never saw, such "
        "as 'Celle'");
}

TEST_CASE("a column of which no category is known says which are") {
  const auto warning = [](Index rows) {
    std::vector<std::string> warnings;
    std::vector<std::int32_t> codes(static_cast<std::size_t>(2 * rows), 0);
    codes[1] = -1;
    Made(TableOf(rows, {DenseBlock("numeric", {"age"},
                                   std::vector<float>(
                                       static_cast<std::size_t>(rows), 1)),
                        CodeBlock("categorical", {"zip", "town"},
                                  {{"10115"}, {"BONN"}}, codes)}),
         &warnings);
    return Join(warnings, "|");
  };
  CHECK(
      warning(11) ==
      "column 'town': all 10 rows with a value have a category that training "
      "never saw, such as 'BONN'; it saw 'Berlin', 'Bonn': mtl-convert --like "
      "MODEL --rename-class 'town' 'BONN' NEW makes one of these of it");
  CHECK(warning(10) ==
        "column 'town': 9 rows have a category that training never saw, such "
        "as 'BONN'");
}

TEST_CASE("a number in a form that was not said is refused with the flags") {
  const Dataset raw =
      TableOf(1, {CodeBlock("categorical", {"age", "zip", "town"},
                            {{"1,5"}, {"10115"}, {"Bonn"}}, {0, 0, 0})});
  std::vector<std::string> warnings;
  try {
    Made(raw, &warnings);
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.message() == "column 'age', row '0': '1,5' is not a number");
    CHECK(error.hint().find("--like MODEL with --missing") !=
          std::string::npos);
    CHECK(error.hint().find("--decimal or") != std::string::npos);
  }
}

// A history that says that a table was read from arrays.
std::string OfArraysBefore() {
  const std::vector<ProvenanceSource> sources = {{"input", "x"}};
  return ExtendProvenance("mtl-convert", 1, {{"format", "arrays"}}, sources);
}

TEST_CASE("flags about text are no advice for arrays") {
  const auto hint = [](Dataset raw) {
    raw.provenance = OfArraysBefore();
    std::vector<std::string> warnings;
    try {
      Made(raw, &warnings);
    } catch (const Error& error) {
      return error.hint();
    }
    return Join(warnings, "|");
  };
  CHECK(hint(TableOf(1,
                     {CodeBlock("categorical", {"age", "zip", "town"},
                                {{"1,5"}, {"10115"}, {"Bonn"}}, {0, 0, 0})})) ==
        "write an array of numbers, NaN where there is no value");
  const std::vector<float> ages(10, 1);
  std::vector<std::int32_t> codes(20, 0);
  CHECK(hint(TableOf(10, {DenseBlock("numeric", {"age"}, ages),
                          CodeBlock("categorical", {"zip", "town"},
                                    {{"10115"}, {"BONN"}}, codes)})) ==
        "column 'town': all 10 rows have a category that training never saw, "
        "such as 'BONN'; it saw 'Berlin', 'Bonn': write them as training had "
        "them");
}

TEST_CASE("numbers are compared with categories as exactly as they are kept") {
  Dataset table = TableToAdapt();
  table.inputs[1].categories[0] = {"0.3333333333", "2"};
  const std::vector<Index> train{0, 1, 2, 3};
  const TransformRecords records = {
      FitSelect(TrainingRows(table.inputs, {}, train), {})->Record()};
  Dataset raw =
      TableOf(1, {DenseBlock("numeric", {"zip", "age", "y"}, {1.0F / 3, 20, 0}),
                  CodeBlock("categorical", {"town"}, {{"Bonn"}}, {0})});
  std::vector<std::string> warnings;
  CHECK(AdaptTable(records, raw, &warnings)
            .FindInput("categorical")
            ->categories[1] == std::vector<std::string>{"0.3333333333"});
  CHECK(warnings.empty());
  raw.inputs[0].dense = {};
  raw.inputs[0].wide = Array<double>(std::vector<double>{1.0 / 3, 20, 0});
  AdaptTable(records, raw, &warnings);
  CHECK(Join(warnings, "|") ==
        "column 'zip': 1 row has a category that training never saw, such as "
        "'0.3333333333333333'");
}

TEST_CASE("a column that is missing is still an error") {
  std::vector<std::string> warnings;
  const Dataset raw = TableOf(1, {DenseBlock("numeric", {"aeg"}, {1}),
                                  CodeBlock("categorical", {"zip", "town"},
                                            {{"10115"}, {"Bonn"}}, {0, 0})});
  CHECK(MessageOf([&] { Made(raw, &warnings); }) == "column 'age' is missing");
}

// Two rows of numbered features, taken to begin at `base`.
Dataset Numbered(int base, bool guessed, Index cols = 3) {
  Dataset table =
      TableOf(2, {SparseBlock("sparse", cols, {{{0, 1}}, {{2, 1}}})});
  table.inputs[0].index_base = base;
  table.inputs[0].base_is_guessed = guessed;
  return table;
}

std::string Applied(const Dataset& fitted_to, const Dataset& raw) {
  const std::vector<Index> train{0, 1};
  Transforms fitted;
  fitted.push_back(
      FitSelect(TrainingRows(fitted_to.inputs, fitted, train), {}));
  const TransformRecords records = RecordsOf(fitted);
  std::vector<std::string> warnings;
  const std::string error = MessageOf(
      [&] { ApplyTransforms(records, AdaptTable(records, raw, &warnings)); });
  return error == "no error" ? Join(warnings, "|") : "refused: " + error;
}

TEST_CASE("features that are only numbered are as many as the model knows") {
  CHECK(Applied(Numbered(0, false, 4), Numbered(0, false, 3)) ==
        "refused: input block 'sparse' has 3 features, the model has 4");
  CHECK(Applied(Numbered(0, false, 3), Numbered(0, false, 4)) ==
        "refused: input block 'sparse' has 4 features, the model has 3");
  CHECK(Applied(Numbered(0, false), Numbered(0, false)).empty());
}

TEST_CASE("a guess where features begin is refused or said") {
  CHECK(Applied(Numbered(0, false), Numbered(1, true)) ==
        "refused: the features of 'sparse' are taken to be numbered from 1, "
        "since there is no 0; those of the model are from 0");
  CHECK(Applied(Numbered(1, false), Numbered(1, true)) ==
        "the features of 'sparse' are taken to be numbered from 1, since there "
        "is no 0; if they are from 0: mtl-convert --index-base 0");
  CHECK(Applied(Numbered(0, false), Numbered(1, false)).empty());
  CHECK(Applied(Numbered(-1, false), Numbered(1, true)).empty());
}

TEST_CASE("how features are numbered travels with the transforms") {
  const Dataset table = Numbered(0, false, 5);
  const std::vector<Index> train{0, 1};
  const Transforms fitted{FitSelect(TrainingRows(table.inputs, {}, train),
                                    {{"sparse", "sparse.1"}})};
  const InputSpec numbered = NumberedInput(RecordsOf(fitted));
  CHECK(numbered.index_base == 0);
  CHECK(numbered.cols == 5);
  CHECK(NumberedInput(Fitted()).cols == 0);
}

TEST_CASE("a header without rows is not taken for a row of words") {
  Dataset table = TableOf(
      4,
      {DenseBlock("numeric", {"age", "pay"}, {1, 5, 2, 6, 3, 7, 4, 8}),
       CodeBlock("categorical", {"job"}, {{"cook", "judge"}}, {0, 1, 0, 1})});
  const TransformRecords records = {
      FitSelect(TrainingRows(table.inputs, {}, std::vector<Index>{0, 1, 2, 3}),
                {})
          ->Record()};
  const Dataset header =
      TableOf(1, {CodeBlock("categorical", {"column1", "column2", "column3"},
                            {{"age"}, {"pay"}, {"job"}}, {0, 0, 0})});
  std::vector<std::string> warnings;
  CHECK(MessageOf([&] { AdaptTable(records, header, &warnings); }) ==
        "its only line names the columns ('age'): there are no rows");
  const Dataset other =
      TableOf(1, {CodeBlock("categorical", {"job"}, {{"job"}}, {0})});
  CHECK(MessageOf([&] { AdaptTable(records, other, &warnings); }) ==
        "columns 'age', 'pay' are missing");
}

}  // namespace
}  // namespace mtlkit
