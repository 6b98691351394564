#include "prep/table_like.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "base/text.h"
#include "data/small_table.h"
#include "data/space_blocks.h"
#include "prep/fit.h"

namespace mtlkit {
namespace {

// Numbers `age`, `pay`, categories `town` and `job`; `y` is the target.
Dataset TableBefore() {
  return TableOf(
      3, {DenseBlock("numeric", {"age", "pay"}, {20, 1, 30, 2, 40, 3}),
          CodeBlock("categorical", {"town", "job", "y"},
                    {{"Aachen", "Bonn"}, {"cook", "judge"}, {"no", "yes"}},
                    {0, 0, 1, 1, 1, 0, 0, 1, 1})});
}

TransformRecords Fitted() {
  const Dataset table = TableBefore();
  const std::vector<Index> train{0, 1, 2};
  return {FitSelect(TrainingRows(table.inputs, {}, train),
                    {{"numeric", "pay"}, {"categorical", "y"}})
              ->Record()};
}

Schema WithTarget() {
  Task task;
  task.name = "y";
  task.type = TaskType::kBinary;
  task.classes = {"no", "yes"};
  task.source.columns = {"y"};
  return {{}, {task}};
}

std::string Columns(const Dataset& table) {
  std::string text;
  for (const InputBlock& block : table.inputs) {
    text += Str(text.empty() ? "" : "; ", block.name, " ",
                Join(block.columns, ","));
    for (const auto& names : block.categories) {
      text += Str(" [", Join(names, ","), "]");
    }
  }
  return text;
}

TEST_CASE("a table in another order becomes like that of a model") {
  std::vector<std::string> warnings;
  const Dataset made = MakeTableLike(
      Fitted(), WithTarget(),
      TableOf(2, {CodeBlock("categorical", {"job", "note", "y", "town"},
                            {{"cook"}, {"hi"}, {"yes"}, {"Bonn", "Celle"}},
                            {0, 0, 0, 1, 0, 0, 0, 0}),
                  DenseBlock("numeric", {"pay", "age"}, {5, 50, 6, 60})}),
      &warnings);
  CHECK(Columns(made) ==
        "numeric age,pay; categorical town,job,y [Aachen,Bonn,Celle] "
        "[cook,judge] [yes]");
  CHECK(RenderDense(made.inputs[0]) == "50 5 | 60 6");
  CHECK(RenderCodes(made.inputs[1]) == "2 0 0 | 1 0 0");
  CHECK(Join(warnings, "|") ==
        "the file of --like does not know the column 'note': it is left out|"
        "column 'town': 1 row has a category that training never saw, such as "
        "'Celle'");
}

TEST_CASE("targets and what is not used may be absent") {
  std::vector<std::string> warnings;
  const Dataset made =
      MakeTableLike(Fitted(), WithTarget(),
                    TableOf(1, {CodeBlock("categorical", {"town", "job"},
                                          {{"Bonn"}, {"judge"}}, {0, 0}),
                                DenseBlock("numeric", {"age"}, {50})}),
                    &warnings);
  CHECK(Columns(made) ==
        "numeric age; categorical town,job [Aachen,Bonn] [cook,judge]");
  CHECK(RenderCodes(made.inputs[1]) == "1 1");
  CHECK(warnings.empty());
}

TEST_CASE("all columns that contradict are named") {
  std::vector<std::string> warnings;
  const auto refusal = [&](Dataset table) {
    return MessageOf(
        [&] { MakeTableLike(Fitted(), WithTarget(), table, &warnings); });
  };
  CHECK(refusal(
            TableOf(2, {CodeBlock("categorical", {"age", "town"},
                                  {{"20", "old"}, {"Bonn"}}, {0, 0, 1, 0})})) ==
        "column 'job' is missing; column 'age', row '1': 'old' is not a "
        "number");
  CHECK(refusal(TableOf(1, {CodeBlock("categorical", {"pay", "y"},
                                      {{"x"}, {"no"}}, {0, 0})})) ==
        "columns 'age', 'town', 'job' are missing");
  CHECK(refusal(TableOf(
            1, {DenseBlock("numeric", {"age"}, {1}),
                CodeBlock("categorical", {"town", "job", "y"},
                          {{"Bonn"}, {"cook"}, {"maybe"}}, {0, 0, 0})})) ==
        "target 'y': class 'maybe' is not known");
  InputBlock sparse = SparseBlock("sparse", 1, {{{0, 1}}});
  sparse.columns = {"age"};
  CHECK(
      refusal(TableOf(1, {sparse, CodeBlock("categorical", {"town", "job"},
                                            {{"Bonn"}, {"cook"}}, {0, 0})})) ==
      "column 'age' is sparse here and was dense");
}

TEST_CASE("a table that is not prepared is like itself") {
  const Dataset before = TableBefore();
  std::vector<std::string> warnings;
  const Dataset made = MakeTableLike(
      {}, before.schema(),
      TableOf(1, {CodeBlock("categorical", {"y", "job", "town"},
                            {{"no"}, {"judge"}, {"Bonn"}}, {0, 0, 0}),
                  DenseBlock("numeric", {"pay", "age"}, {7, 8})}),
      &warnings);
  CHECK(Columns(made) == Columns(before));
  CHECK(RenderDense(made.inputs[0]) == "8 7");
  CHECK(RenderCodes(made.inputs[1]) == "1 1 0");
}

TEST_CASE("views in one table are refused with what to give") {
  Schema schema;
  for (const char* view : {"u", "v"}) {
    InputBlock block = DenseBlock(Str(view, ".numeric"), {"a"}, {1});
    schema.inputs.push_back(block);
  }
  std::vector<std::string> warnings;
  std::string hint;
  try {
    MakeTableLike({}, schema,
                  TableOf(1, {DenseBlock("numeric", {"u.a", "v.a"}, {1, 2})}),
                  &warnings);
  } catch (const Error& error) {
    CHECK(error.message() == "'u.a': the columns of views are in one table");
    hint = error.hint();
  }
  CHECK(hint ==
        "give a table of each view, with columns called without 'u.': "
        "mtl-convert --beside u=FILE ... --like FILE");
}

Dataset Numbered(Index cols, int base) {
  Dataset table =
      TableOf(2, {SparseBlock("sparse", cols, {{{0, 1}}, {{1, 1}}})});
  table.inputs[0].index_base = base;
  return table;
}

TEST_CASE("features that are only numbered are as many, labels as before") {
  Dataset before = Numbered(4, 0);
  AddTask(&before, "label", TaskType::kBinary, {"-1", "1"}, {0, 1});
  std::vector<std::string> warnings;
  Dataset table = Numbered(4, 0);
  AddTask(&table, "label", TaskType::kMulticlass, {"1"}, {0, 0});
  const Dataset made = MakeTableLike({}, before.schema(), table, &warnings);
  CHECK(made.tasks[0].type == TaskType::kBinary);
  CHECK(Join(made.tasks[0].classes, ",") == "-1,1");
  CHECK(made.labels[0].values[0] == 1);
  CHECK(MessageOf([&] {
          MakeTableLike({}, before.schema(), Numbered(3, 0), &warnings);
        }) == "input block 'sparse' has 3 features, the file of --like has 4");
}

TEST_CASE("blocks without columns are wanted, too, in the same shape") {
  const auto image = [](Index height, Index width) {
    return ImageBlock("photo", height, width, 1, {1, 2, 3, 4});
  };
  const auto words = [](std::vector<std::string> vocabulary) {
    return TokenBlock("text", std::move(vocabulary), {{0}, {1}});
  };
  const Schema schema{{image(1, 2), words({"a", "b"})}, {}};
  const auto refusal = [&](std::vector<InputBlock> inputs) -> std::string {
    std::vector<std::string> warnings;
    try {
      MakeTableLike({}, schema, TableOf(2, std::move(inputs)), &warnings);
    } catch (const Error& error) {
      return error.what();
    }
    return "none";
  };
  CHECK(refusal({image(1, 2), words({"a", "b"})}) == "none");
  CHECK(refusal({words({"a", "b"})}) ==
        "there is no input block 'photo' (the file of --like has one of the "
        "kind 'image')");
  CHECK(refusal({image(2, 1), words({"a", "b"})}) ==
        "input block 'photo' is image of 2 x 1 x 1, that of the file of --like "
        "image of 1 x 2 x 1 (give it the same shape)");
  CHECK(refusal({image(1, 2), words({"b", "a"})})
            .starts_with("input block 'text' has another vocabulary"));
}

}  // namespace
}  // namespace mtlkit
