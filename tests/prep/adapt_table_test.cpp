#include "prep/adapt_table.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "data/small_table.h"
#include "prep/fit.h"
#include "prep/transform.h"

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

TEST_CASE("a column that is missing is still an error") {
  std::vector<std::string> warnings;
  const Dataset raw = TableOf(1, {DenseBlock("numeric", {"aeg"}, {1}),
                                  CodeBlock("categorical", {"zip", "town"},
                                            {{"10115"}, {"Bonn"}}, {0, 0})});
  CHECK(MessageOf([&] { Made(raw, &warnings); }) == "column 'age' is missing");
}

}  // namespace
}  // namespace mtlkit
