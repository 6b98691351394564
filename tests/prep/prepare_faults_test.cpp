// What preparation refuses, warns of and leaves out.
#include <doctest/doctest.h>

#include "data/dataset_io.h"
#include "h5/mutator.h"
#include "prep/choose_rows.h"
#include "prep/prepare_fixture.h"
#include "prep/write_prepared.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

TEST_CASE("rows that scaling was fitted to are not held out afterwards") {
  const Dataset once = Run(Tasks({"sex"}));
  PrepareOptions again;
  again.split = {"test2=0.4"};
  CHECK(Failure(again, once) ==
        "the inputs were prepared before: their scaling was fitted to rows "
        "that new splits would hold out");
}

TEST_CASE("what training would refuse is refused at once") {
  std::vector<float> numbers;
  for (int row = 0; row < 40; ++row) {
    numbers.insert(numbers.end(),
                   {static_cast<float>(row), static_cast<float>(row) + 0.25F,
                    row < 39 ? 1.0F : 0.0F});
  }
  Dataset table =
      TableOf(40, {DenseBlock("numeric", {"x", "b", "rare"}, numbers)});
  CHECK(Failure(Tasks({"b=multiclass"}), table) ==
        "task 'b' has 40 different numbers in 40 training rows, which are no "
        "classes");
  table.splits = {{"test", {39}}};
  CHECK(Failure(Tasks({"rare"}), table) ==
        "task 'rare' has one class only in the training rows, '1'");
}

TEST_CASE(
    "two columns that would have one name after preparation are refused") {
  const TempFolder folder;
  Dataset table = TableOf(
      4, {CodeBlock("categorical", {"sex"}, {{"F", "M"}}, {0, 1, 0, 1}),
          DenseBlock("numeric", {"sex=F", "y"}, {1, 2, 2, 3, 3, 5, 4, 1})});
  Notebook notebook;
  const Prepared made =
      PrepareRows(table, Tasks({"y=regression"}), 1, &notebook);
  CHECK_THROWS_WITH(
      WritePrepared(made.transforms, made.rows, folder / "p.h5"),
      doctest::Contains("two prepared columns would be called 'sex=F'"));
  CHECK(!std::filesystem::exists(folder / "p.h5"));
}

TEST_CASE("a dataset without inputs is refused") {
  Dataset table = Run(Tasks({"sex"}));
  table.inputs.clear();
  table.transforms.clear();
  CHECK(Failure({}, table) == "there is no input to learn from");
}

TEST_CASE("a fold that leaves one class for training is refused") {
  PrepareOptions options = Tasks({"rare", "number=regression"});
  std::vector<float> numbers;
  for (int row = 0; row < 20; ++row) {
    numbers.insert(numbers.end(),
                   {static_cast<float>(row * row % 7), row == 3 ? 1.0F : 0.0F,
                    static_cast<float>(row)});
  }
  const Dataset table =
      TableOf(20, {DenseBlock("numeric", {"x", "rare", "number"}, numbers)});
  CHECK(Failure(options, table) == "no error");
  options.folds = 4;
  CHECK(Failure(options, table)
            .starts_with("task 'rare' has one class only in the training rows "
                         "outside of fold"));
  CHECK_THROWS_WITH(Run(options, table),
                    doctest::Contains("one row alone has what is lacking"));
  options.task = {"number=regression"};
  options.ignore = {"rare"};
  CHECK(Failure(options, table) == "no error");
}

TEST_CASE("what is said of columns that are not there is refused") {
  const Dataset words = TableOf(
      4, {CodeBlock("categorical", {"job", "sex"}, {{"a", "b"}, {"f", "m"}},
                    {0, 0, 1, 1, 0, 1, 1, 0})});
  for (const auto& [flag, change] :
       std::vector<std::pair<std::string, void (*)(PrepareOptions*)>>{
           {"--impute mean", [](PrepareOptions* o) { o->impute = "mean"; }},
           {"--pieces 4", [](PrepareOptions* o) { o->pieces = 4; }},
           {"--scale minmax",
            [](PrepareOptions* o) { o->scale = "minmax"; }}}) {
    PrepareOptions options = Tasks({"sex"});
    change(&options);
    CHECK(Failure(options, words) ==
          flag + " has no effect: no input is a column of numbers");
  }
  const Dataset numbers =
      TableOf(4, {DenseBlock("numeric", {"x", "y"}, {1, 0, 2, 1, 3, 0, 4, 1})});
  PrepareOptions options = Tasks({"y"});
  options.encode = "index";
  CHECK(Failure(options, numbers) ==
        "--encode index has no effect: no input is a column of categories");
}

TEST_CASE("images alone take no flags for columns") {
  Dataset table = TableOf(4, {});
  InputBlock image;
  image.name = "photo";
  image.kind = InputKind::kImage;
  image.cols = 1;
  image.height = image.width = 1;
  image.pixels = Array<std::uint8_t>({1, 2, 3, 4});
  table.inputs.push_back(std::move(image));
  table.inputs.push_back(DenseBlock("numeric", {"y"}, {0, 1, 0, 1}));
  PrepareOptions options = Tasks({"y"});
  CHECK(Failure(options, table) == "no error");
  options.transform = {"photo=log"};
  CHECK(Failure(options, table) ==
        "--transform photo=log: images and texts go in as they are, they have "
        "no columns");
  options.transform.clear();
  options.encode = "index";
  CHECK(Failure(options, table) ==
        "--encode index has no effect: no input is a column of categories");
}

TEST_CASE("a column of too many values does not stratify") {
  PrepareOptions options = Tasks({"sex"});
  options.stratify = "x";
  options.split = {"valid=0.25"};
  CHECK(Failure(options) ==
        "--stratify x has no effect: the column has 12 different values in 12 "
        "rows, most of them too rare to have a share in every part");
  options.stratify = "job";
  CHECK(Failure(options) == "no error");
}

TEST_CASE("a split and a column called split are told apart") {
  Dataset table = TableOf(
      4, {CodeBlock("categorical", {"split", "sex"}, {{"a", "b"}, {"f", "m"}},
                    {0, 0, 1, 1, 0, 1, 1, 0})});
  CHECK(RowsWhere(table, "split=a") == std::vector<Index>{0, 2});
  CHECK(RowsWhere(table, "split==a") == std::vector<Index>{0, 2});
  table.splits = {{"a", {1, 2}}, {"train", {0, 3}}};
  CHECK(RowsWhere(table, "split=train") == std::vector<Index>{0, 3});
  CHECK(RowsWhere(table, "split=b") == std::vector<Index>{1, 3});
  CHECK(MessageOf([&] { RowsWhere(table, "split=a"); }) ==
        "--rows split=a: there is a split of that name, and a column called "
        "'split' says it of other rows");
  table.splits["a"] = {0, 2};
  CHECK(RowsWhere(table, "split=a") == std::vector<Index>{0, 2});
  CHECK(RowsWhere(table, "spli?=a") == std::vector<Index>{0, 2});
}

TEST_CASE("inputs and weights beyond single precision are refused") {
  Dataset table = TableOf(3, {DenseBlock("numeric", {"y"}, {1, 0, 1})});
  InputBlock wide = DenseBlock("big.numeric", {"x"}, {0, 0, 0});
  wide.dense = {};
  wide.wide = Array<double>({1, 1e39, 2});
  table.inputs.push_back(wide);
  PrepareOptions options = Tasks({"y"});
  CHECK(Failure(options, table) == "no error");  // scaled
  options.scale = "none";
  CHECK(Failure(options, table) ==
        "column 'x', row '1' is too large for single precision once it is "
        "prepared");
  table.inputs.push_back(DenseBlock("numeric2", {"z"}, {1, 2, 3}));
  options.weight = "x";
  CHECK(
      Failure(options, table) ==
      "--weight: column 'x', row '1' is not a number from 0 on, or too large");
}

TEST_CASE("labels beyond single precision are named as such") {
  Dataset table = TableOf(2, {DenseBlock("numeric", {"x"}, {1, 2})});
  InputBlock wide = DenseBlock("big.numeric", {"y"}, {0, 0});
  wide.dense = {};
  wide.wide = Array<double>({1e39, 1});
  table.inputs.push_back(wide);
  CHECK(Failure(Tasks({"y=regression"}), table) ==
        "task 'y', row '0': label 1e+39 is too large: labels are kept in "
        "single precision");
  table.inputs[1].wide = Array<double>({1700000000.25, 1700000000.5});
  CHECK(Failure(Tasks({"y=regression"}), table) ==
        "task 'y': its labels differ by too little for single precision, from "
        "1700000000.25 to 1700000000.5");
}

TEST_CASE("many absent classes are one warning") {
  std::vector<float> numbers;
  std::vector<Index> test;
  for (int row = 0; row < 40; ++row) {
    numbers.insert(numbers.end(),
                   {static_cast<float>(row), static_cast<float>(row % 20)});
    if (row % 20 > 9) test.push_back(row);
  }
  Dataset table = TableOf(40, {DenseBlock("numeric", {"x", "b"}, numbers)});
  table.splits["test"] = test;
  Notebook notebook;
  Prepare(table, Tasks({"b=multiclass"}), 1, &notebook);
  CHECK(notebook.warnings.at(0) ==
        "10 of the 20 classes of task 'b' are absent from the training rows: "
        "'10', '11', '12' ...");
}

TEST_CASE("a class can be left out, or all that are rare") {
  PrepareOptions options = Tasks({"job"});
  options.drop_class = {"job=cook"};
  const Dataset ready = Run(options);
  CHECK(Join(ready.tasks[0].classes, ",") == "clerk,judge");
  CHECK(RenderLabels(ready.labels[0]) == "0 nan 1 0 nan 1 0 nan 1 0 nan 1");
  options.drop_class = {"job=coook"};
  CHECK(Failure(options) ==
        "--drop-class job=coook: there is no class 'coook'; did you mean "
        "'cook'?");
  options = Tasks({"sex"});
  options.drop_class = {"sex=f"};
  CHECK(Failure(options) == "--drop-class sex=f: the task is binary");

  Dataset table = Table();
  AddTask(&table, "kind", TaskType::kMulticlass, {"a", "b", "c"},
          {0, 1, 2, 1, 0, 1, 0, 1, 0, 1, kNan, 1});
  options = PrepareOptions();
  options.min_class_rows = 2;
  Notebook notebook;
  const Dataset rest = Prepare(table, options, 1, &notebook);
  CHECK(Join(rest.tasks[0].classes, ",") == "a,b");
  CHECK(RenderLabels(rest.labels[0]) == "0 1 nan 1 0 1 0 1 0 1 nan 1");
  CHECK(notebook.notes.at(0) ==
        "task kind: left out 1 class of fewer than 2 rows: c");
  options.min_class_rows = 5;
  CHECK(Failure(options, table) ==
        "--min-class-rows 5: task 'kind' would be left with 1 of its classes");
  options = Tasks({"sex"});
  options.min_class_rows = 2;
  CHECK(Failure(options) ==
        "--min-class-rows has no effect: no task has several classes");
}

TEST_CASE("labels are normalised alike in any unit") {
  for (const float unit : {1e-30F, 1e-13F, 1.0F, 1e30F}) {
    CAPTURE(unit);
    const Dataset table = TableOf(
        4, {DenseBlock("numeric", {"x", "y"},
                       {1, unit, 2, 2 * unit, 3, 3 * unit, 4, 4 * unit})});
    const Task task = Run(Tasks({"y=regression"}), table).tasks[0];
    CHECK(task.deviation[0] / static_cast<double>(unit) ==
          doctest::Approx(1.1180340));
  }
}

TEST_CASE("splits that cut groups are said") {
  Dataset table = Table();
  PrepareOptions options = Tasks({"pay"});
  options.group = "job";
  options.split_from = "part";
  Notebook notebook;
  Prepare(table, options, 1, &notebook);
  CHECK(notebook.warnings.at(0) ==
        "the splits that are there cut 3 groups of 3: one is in 'test' and "
        "'wait', so rows of a group are on both sides");
}

TEST_CASE("what is prepared piece by piece has the content of the whole") {
  const TempFolder folder;
  Dataset table = Table();
  for (const bool with_sparse : {false, true}) {
    if (with_sparse) {
      table.inputs.push_back(SparseBlock("sparse", 3,
                                         {{{0, 2}, {2, -4}},
                                          {},
                                          {{2, 8}},
                                          {},
                                          {},
                                          {{1, 1}},
                                          {},
                                          {},
                                          {{0, 1}},
                                          {},
                                          {},
                                          {{2, 2}}}));
    }
    for (const char* encode : {"onehot", "index"}) {
      PrepareOptions options = Tasks({"sex", "pay"});
      options.encode = encode;
      options.split = {"valid=0.25"};
      Notebook notebook;
      const Prepared made = PrepareRows(table, options, 1, &notebook);
      const std::string pieces =
          WritePrepared(made.transforms, made.rows, folder / "pieces.h5");
      const std::string whole =
          WriteDataset(Run(options, table), folder / "whole.h5");
      CHECK(pieces == whole);
      const bool same_bytes =
          FileBytes(folder / "pieces.h5") == FileBytes(folder / "whole.h5");
      CHECK((same_bytes || with_sparse));
    }
  }
}

TEST_CASE("columns that teach nothing are said") {
  std::vector<float> numbers;
  std::vector<std::string> names;
  std::vector<std::int32_t> codes;
  for (int row = 0; row < 60; ++row) {
    numbers.insert(numbers.end(), {static_cast<float>(row % 7), 3,
                                   static_cast<float>(row % 2)});
    names.push_back(Str("n", row));
    codes.insert(codes.end(), {row, 0});
  }
  const Dataset table = TableOf(
      60, {DenseBlock("numeric", {"x", "flat", "y"}, numbers),
           CodeBlock("categorical", {"name", "same"}, {names, {"a"}}, codes)});
  Notebook notebook;
  Prepare(table, Tasks({"y"}), 1, &notebook);
  CHECK(Join(notebook.warnings, "\n") ==
        "column 'name' has another text in nearly every training row: a name, "
        "no category (--ignore name)");
}

TEST_CASE("inputs are scaled alike in any unit") {
  for (const char* scale : {"standard", "minmax", "max-abs"}) {
    PrepareOptions options = Tasks({"y"});
    options.scale = scale;
    std::string first;
    for (const float unit : {1.0F, 0x1p-99F, 0x1p-40F, 0x1p99F}) {
      CAPTURE(unit);
      const Dataset table = TableOf(
          4, {DenseBlock("numeric", {"x", "y"},
                         {unit, 0, 2 * unit, 1, 3 * unit, 0, 7 * unit, 1})});
      const std::string made = RenderDense(Run(options, table).inputs[0]);
      if (first.empty()) first = made;
      CHECK(made == first);
    }
  }
}

TEST_CASE("a label that no training row says anything of is refused at once") {
  Dataset table = TableOf(4, {DenseBlock("numeric", {"x"}, {1, 2, 3, 4})});
  AddTask(&table, "tags", TaskType::kMultilabel, {"p", "q"},
          {1, kNan, 0, kNan, 1, 0, 0, 1});
  table.splits = {{"test", {2, 3}}};
  CHECK(Failure({}, table) ==
        "task 'tags' has no label in the training rows for 'tags.q'");
}

TEST_CASE("rows of weight 0 are none to learn from") {
  PrepareOptions options = Tasks({"y"});
  options.weight = "w";
  const Dataset table =
      TableOf(4, {DenseBlock("numeric", {"x", "y", "w"},
                             {1, 0, 1, 2, 0, 2, 3, 1, 0, 4, 1, 0})});
  CHECK(Failure(options, table) ==
        "task 'y' has one class only in the training rows, '0'");
}

TEST_CASE("a task that came with the file can be the weights of its rows") {
  PrepareOptions options;
  options.weight = "w";
  Dataset table = TableOf(3, {DenseBlock("numeric", {"x"}, {1, 2, 3})});
  table.tasks.push_back({"y", TaskType::kRegression, {}, 1, {}, {}});
  table.labels.push_back({{}, true, {1, 2, 4}, {}});
  CHECK(Failure(options, table) == "--weight: there is no column 'w'");
  table.tasks.push_back(
      {"w", TaskType::kMulticlass, {"2", "0.5", "0"}, 1, {}, {}});
  table.labels.push_back({{}, true, {1, 0, 2}, {}});
  const Dataset made = Run(options, table);
  CHECK(made.weights == std::vector<float>{0.5F, 2, 0});
  REQUIRE(made.tasks.size() == 1);
  CHECK(made.tasks[0].name == "y");
  Dataset negative = table;
  negative.tasks[1].classes = {"2", "-0.5", "0"};
  CHECK(Failure(options, negative) ==
        "--weight: task 'w', row '0' is not a number from 0 on, or too large");
  negative = table;
  negative.labels[1] = {{0, 2}, false, {1, 0}, {}};
  CHECK(Failure(options, negative) ==
        "--weight: task 'w', row '1' is not a number from 0 on, or too large");
  options.weight = "y";
  table.tasks.pop_back();
  table.labels.pop_back();
  CHECK(Failure(options, table) == "--weight y: it is the only task");
}

}  // namespace
}  // namespace mtlkit
