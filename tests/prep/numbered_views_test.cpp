#include "prep/numbered_views.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "base/text.h"
#include "data/small_table.h"
#include "prep/adapt_table.h"
#include "prep/apply_transforms.h"
#include "prep/fit.h"
#include "prep/table_like.h"

namespace mtlkit {
namespace {

// As arrays are: a matrix `X` of three columns without names, and a list.
Dataset OfArrays() {
  InputBlock matrix = DenseBlock("X", {}, {1, 2, 3, 4, 5, 6});
  matrix.cols = 3;
  return TableOf(2, {matrix, DenseBlock("numeric", {"age"}, {7, 8})});
}

// The same in text, in another order.
Dataset OfText(const std::vector<std::string>& columns) {
  return TableOf(2, {DenseBlock("numeric", columns, {3, 7, 1, 2, 6, 8, 4, 5})});
}
const std::vector<std::string> kWritten = {"X.2", "age", "X.0", "X.1"};

TransformRecords FittedTo(const Dataset& table,
                          const ColumnSet& left_out = {}) {
  const std::vector<Index> train{0, 1};
  return {FitSelect(TrainingRows(table.inputs, {}, train), left_out)->Record()};
}

TEST_CASE("columns of a matrix that text has are the matrix again") {
  std::vector<std::string> warnings;
  const TransformRecords records = FittedTo(OfArrays());
  const Dataset made = ApplyTransforms(
      records, AdaptTable(records, OfText(kWritten), &warnings));
  CHECK(RenderDense(*made.FindInput("X")) == "1 2 3 | 4 5 6");
  CHECK(RenderDense(*made.FindInput("numeric")) == "7 | 8");
  CHECK(warnings.empty());
  const Dataset like = MakeTableLike(records, {}, OfText(kWritten), &warnings);
  CHECK(like.inputs[0].name == "X");
  CHECK(like.inputs[0].columns.empty());
  CHECK(RenderDense(like.inputs[0]) == "1 2 3 | 4 5 6");
  CHECK(like.inputs[1].columns == std::vector<std::string>{"age"});
}

TEST_CASE("a matrix of which a column is left out, too") {
  const TransformRecords records = FittedTo(OfArrays(), {{"X", "X.1"}});
  std::vector<std::string> warnings;
  const Dataset made = ApplyTransforms(
      records, AdaptTable(records, OfText(kWritten), &warnings));
  CHECK(RenderDense(*made.FindInput("X")) == "1 3 | 4 6");
  // As arrays, it stays as it is.
  CHECK(RenderDense(
            MakeTableLike(records, {}, OfArrays(), &warnings).inputs[0]) ==
        "1 2 3 | 4 5 6");
  CHECK(warnings.empty());
}

TEST_CASE("columns that are missing or too many are refused") {
  const TransformRecords records = FittedTo(OfArrays());
  std::vector<std::string> warnings;
  const auto said = [&](const std::vector<std::string>& columns) {
    return MessageOf(
        [&] { MakeTableLike(records, {}, OfText(columns), &warnings); });
  };
  CHECK(said({"X.2", "age", "X.0", "note"}) == "column 'X.1' is missing");
  CHECK(said({"X.2", "age", "X.0", "X.01"}) == "column 'X.1' is missing");
  CHECK(said({"X.2", "age", "X.0", "X.3"}) == "column 'X.1' is missing");
  Dataset narrow = OfArrays();
  narrow.inputs[0].cols = 2;
  narrow.inputs[0].dense = Array<float>(std::vector<float>{1, 2, 4, 5});
  CHECK(MessageOf([&] { MakeTableLike(records, {}, narrow, &warnings); }) ==
        "input block 'X' has 2 columns, the file of --like has 3");
  CHECK(said({"a", "age", "b", "c"}) == "there is no input block 'X'");
}

TEST_CASE("features that are only numbered come from dense text") {
  Dataset before = TableOf(2, {SparseBlock("sparse", 3, {{{0, 1}}, {{2, 5}}})});
  before.inputs[0].index_base = 0;
  const TransformRecords records = FittedTo(before);
  std::vector<std::string> warnings;
  const auto made = [&](std::vector<float> cells) {
    return ApplyTransforms(
        records,
        AdaptTable(records,
                   TableOf(2, {DenseBlock("numeric", {"sparse.2", "sparse.0"},
                                          std::move(cells))}),
                   &warnings));
  };
  CHECK(RenderSparse(made({0, 1, 5, 0}).inputs[0]) ==
        RenderSparse(before.inputs[0]));
  CHECK(MessageOf([&] {
          made({0, 1, kNan, 0});
        }) ==
        "column 'sparse.2', row '1' has no value, and features are sparse");
}

TEST_CASE("one table for several views is refused as such") {
  const Dataset before = TableOf(2, {DenseBlock("u.numeric", {"a"}, {1, 2}),
                                     DenseBlock("v.numeric", {"b"}, {3, 4})});
  std::vector<std::string> warnings;
  const auto said = [&](const std::vector<std::string>& columns) {
    return MessageOf([&] {
      MakeTableLike(FittedTo(before), {},
                    TableOf(2, {DenseBlock("numeric", columns, {1, 3, 2, 4})}),
                    &warnings);
    });
  };
  CHECK(said({"a", "b"}) == "'a': the columns of views are in one table");
  CHECK(said({"u.a", "v.b"}) == "'u.a': the columns of views are in one table");
  CHECK(said({"c", "d"}) == "columns 'a', 'b' are missing");
}

}  // namespace
}  // namespace mtlkit
