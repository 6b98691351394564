// Columns that have one value in the training rows.
#include "prep/constant_columns.h"

#include <doctest/doctest.h>

#include "prep/prepare_fixture.h"

namespace mtlkit {
namespace {

// Training rows 0 .. 3; `flat` and `same` vary in the others only.
Dataset FlatTable() {
  Dataset table =
      TableOf(6, {DenseBlock("numeric", {"x", "flat", "holes", "y"},
                             {1, 7, 5, 0, 2, 7, kNan, 1, 3, 7, 5,    0,
                              4, 7, 5, 1, 5, 9, 5,    0, 6, 7, kNan, 1}),
                  CodeBlock("categorical", {"same", "job"},
                            {{"a", "b"}, {"clerk", "cook"}},
                            {0, 0, -1, 1, 0, 0, 0, 1, 1, 0, 0, 1})});
  table.splits["train"] = {0, 1, 2, 3};
  table.splits["test"] = {4, 5};
  return table;
}

std::string Names(const Dataset& ready) {
  return Join(ready.inputs[0].columns, ",");
}

TEST_CASE("constant columns are left out, and said") {
  PrepareOptions options = Tasks({"y"});
  options.scale = "none";
  Notebook notebook;
  const Dataset ready = Prepare(FlatTable(), options, 1, &notebook);
  // What some rows lack varies.
  CHECK(Names(ready) == "x,holes,holes.missing,job=clerk,job=cook");
  CHECK(notebook.notes.at(0) ==
        "2 columns have one value in the training rows and are left out: "
        "'same', 'flat'");
  CHECK(RenderDense(ready.inputs[0]) ==
        "1 5 0 1 0 | 2 5 1 0 1 | 3 5 0 1 0 | 4 5 0 0 1 | 5 5 0 1 0 | "
        "6 5 1 0 1");
}

TEST_CASE("new rows may have a constant column, or lack it") {
  const Dataset ready = Run(Tasks({"y"}), FlatTable());
  const auto again = [&](const std::vector<InputBlock>& inputs) {
    return RenderDense(
        ApplyTransforms(ready.transforms, TableOf(1, inputs)).inputs[0]);
  };
  const auto codes = CodeBlock("categorical", {"job"}, {{"cook"}}, {0});
  const std::string with = again(
      {DenseBlock("numeric", {"x", "flat", "holes"}, {2, 100, 5}), codes});
  CHECK(with == again({DenseBlock("numeric", {"holes", "x"}, {5, 2}), codes}));
}

TEST_CASE("a transform of a column that is left out says why") {
  PrepareOptions options = Tasks({"y"});
  options.transform = {"flat=log"};
  CHECK(Failure(options, FlatTable()) ==
        "--transform flat=log: column 'flat' is no input");
  options.transform = {"y=log"};
  CHECK(Failure(options, FlatTable()) ==
        "--transform y=log: column 'y' is no input");
  options.transform = {"fl*=log"};
  CHECK(Failure(options, FlatTable()) ==
        "--transform fl*=log: column 'flat' is no input");
  options.transform = {"[fh]*=log"};
  CHECK(Failure(options, FlatTable()).find("there is no column") !=
        std::string::npos);
  // A pattern may name columns that are left out beside others.
  options.transform = {"*l*=root"};
  CHECK(Failure(options, FlatTable()) == "no error");
}

TEST_CASE("where every column is constant there is nothing to learn from") {
  PrepareOptions options = Tasks({"y"});
  options.inputs = {"flat"};
  CHECK(Failure(options, FlatTable()) ==
        "each input column, such as 'flat', has one value in the training "
        "rows");
}

}  // namespace
}  // namespace mtlkit
