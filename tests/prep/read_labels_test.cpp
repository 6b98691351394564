// Labels are the same whichever way they go in.
#include "prep/read_labels.h"

#include <doctest/doctest.h>

#include <cmath>

#include "base/error.h"
#include "base/reporter.h"
#include "base/text.h"
#include "data/class_finder.h"
#include "data/dataset_io.h"
#include "data/head.h"
#include "data/label_map.h"
#include "data/label_view.h"
#include "data/small_table.h"
#include "prep/label_columns.h"
#include "prep/prepare.h"
#include "prep/rows_of_no_task.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

// Six rows with every kind of label and a hole in each; `x` is the input.
Dataset Raw() {
  return TableOf(
      6, {DenseBlock("numeric", {"x", "price", "won", "grade", "w"},
                     {1, 10, 0,    3, 1, 2, 20, 1, 1,    2, 3, kNan, 1, 2, 0,
                      4, 40, kNan, 1, 1, 5, 50, 0, kNan, 3, 6, 60,   1, 3, 1}),
          CodeBlock("categorical", {"kind", "tags", "red", "blue", "school"},
                    {{"cat", "dog", "eel"},
                     {"a", "a;b", "b"},
                     {"no", "yes"},
                     {"no", "yes"},
                     {"north", "south"}},
                    {0,  0,  0,  1, 0, 1, 1, 1, 0,  1, 2, 2, 1, 1, 0,
                     -1, -1, -1, 0, 1, 0, 1, 0, -1, 0, 1, 2, 1, 1, 1})});
}

PrepareOptions Options() {
  PrepareOptions options;
  options.task = {"price", "won", "grade=multiclass", "kind",
                  "tags=multilabel"};
  options.ignore = {"red", "blue", "school", "w"};
  return options;
}

Dataset Ready(const PrepareOptions& options) {
  SilentReporter silent;
  return Prepare(Raw(), options, 1, &silent);
}

std::string Render(const Labels& labels) {
  std::string text = labels.on_all_rows ? "" : RenderRows(labels.rows) + ": ";
  for (const float value : labels.values) {
    text += (std::isnan(value) ? "-" : FormatNumber(value)) + " ";
  }
  return text;
}

// The raw table as it may come the next time: other column order, other codes,
// rows in reverse, numbers as words and words as numbers where both are meant.
Dataset Reversed() {
  const Dataset raw = Raw();
  std::vector<float> numbers;
  std::vector<std::int32_t> codes;
  for (Index row = 5; row >= 0; --row) {
    const float* cells = raw.inputs[0].dense.data() + row * 5;
    numbers.insert(numbers.end(), {cells[4], cells[3], cells[1], cells[0]});
    const std::int32_t* own = raw.inputs[1].codes.data() + row * 5;
    const float won = cells[2];
    codes.insert(codes.end(),
                 {own[4], own[3], own[2], own[1], own[0],
                  std::isnan(won) ? -1 : 1 - static_cast<std::int32_t>(won)});
  }
  return TableOf(6,
                 {DenseBlock("numeric", {"w", "grade", "price", "x"}, numbers),
                  CodeBlock("categorical",
                            {"school", "blue", "red", "tags", "kind", "won"},
                            {{"north", "south"},
                             {"no", "yes"},
                             {"no", "yes"},
                             {"a", "a;b", "b"},
                             {"cat", "dog", "eel"},
                             {"1.0", "+0"}},
                            codes)});
}

Labels Backwards(const Task& task, const Labels& labels) {
  const Index cols = task.target_cols();
  Labels result;
  for (Index place = labels.PlaceCount(cols) - 1; place >= 0; --place) {
    result.values.Append(labels.values, At(place * cols), At(cols));
  }
  return result;
}

TEST_CASE("of classes of one value each is found by its name alone") {
  const ClassFinder classes({"01", "1.0", "2"});
  CHECK(classes.Find("01") == 0);
  CHECK(classes.Find("1.0") == 1);
  CHECK(classes.Find("1") == -1);
  CHECK(classes.Find("+2.0") == 2);
}

TEST_CASE("a raw table gives every type of task the labels it was made with") {
  const Dataset ready = Ready(Options());
  REQUIRE(ready.tasks.size() == 5);
  for (std::size_t i = 0; i < ready.tasks.size(); ++i) {
    CAPTURE(ready.tasks[i].name);
    const RawLabels raw = ReadLabels(ready.tasks[i], Raw());
    CHECK(raw.has_columns);
    CHECK(raw.labels.unknown.cells == 0);
    CHECK(Render(raw.labels) == Render(ready.labels[i]));
  }
  CHECK(Render(ready.labels[0]) == "10 20 - 40 50 60 ");
  CHECK(Render(ready.labels[1]) == "0 1 1 - 0 1 ");
  CHECK(Render(ready.labels[2]) == "2 0 1 0 - 2 ");
  CHECK(Render(ready.labels[3]) == "0 1 2 - 0 1 ");
  CHECK(Render(ready.labels[4]) == "1 0 1 1 0 1 - - 1 1 0 1 ");
}

TEST_CASE("labels are read by name and value, wherever they stand") {
  const Dataset ready = Ready(Options());
  for (std::size_t i = 0; i < ready.tasks.size(); ++i) {
    CAPTURE(ready.tasks[i].name);
    const RawLabels raw = ReadLabels(ready.tasks[i], Reversed());
    CHECK(raw.labels.unknown.cells == 0);
    CHECK(Render(raw.labels) ==
          Render(Backwards(ready.tasks[i], ready.labels[i])));
  }
}

TEST_CASE("lists of JSON are labels that text divides by a mark") {
  const Dataset ready = Ready(Options());
  Dataset raw = Raw();
  raw.inputs[1].categories[1] = {"[\"a\"]", "[\"a\",\"b\"]", "[ \"b\" ]"};
  const Labels tags = ReadLabels(ready.tasks[4], raw).labels;
  CHECK(tags.unknown.cells == 0);
  CHECK(Render(tags) == Render(ready.labels[4]));
  raw.inputs[1].categories[1] = {"[]", "[a]", "[\"c\",\"b\"]"};
  const Labels others = ReadLabels(ready.tasks[4], raw).labels;
  CHECK(Join(others.unknown.names, "|") == "[a]|c");
  CHECK(Render(others) == "0 0 - - 0 1 - - - - 0 1 ");
  // A label that is written so stays one.
  Task listed = ready.tasks[4];
  listed.classes = {"[1]", "2"};
  raw.inputs[1].categories[1] = {"[1]", "[1];2", "[2]"};
  CHECK(Render(ReadLabels(listed, raw).labels) == "1 0 1 1 0 1 - - 1 1 0 1 ");
}

TEST_CASE("labels of yes and no in several columns are read again") {
  Dataset raw = Raw();
  raw.inputs[1].columns = {"kind", "tags", "c_red", "c_blue", "school"};
  PrepareOptions options;
  options.task = {"c_*=multilabel"};
  options.inputs = {"x"};
  SilentReporter silent;
  const Dataset ready = Prepare(raw, options, 1, &silent);
  CHECK(ready.tasks[0].source.present ==
        std::vector<std::string>{"yes", "yes"});
  CHECK(Render(ReadLabels(ready.tasks[0], raw).labels) ==
        Render(ready.labels[0]));
  CHECK(Render(ready.labels[0]) == "0 1 1 0 1 1 - 0 0 - 1 1 ");
}

TEST_CASE("tasks of --task-per find their rows in a raw table") {
  PrepareOptions options = Options();
  options.task = {"price", "tags=multilabel"};
  options.task_per = "school";
  options.ignore = {"red", "blue", "w"};
  const Dataset ready = Ready(options);
  REQUIRE(ready.tasks.size() == 4);
  for (std::size_t i = 0; i < ready.tasks.size(); ++i) {
    CAPTURE(ready.tasks[i].name);
    const RawLabels raw = ReadLabels(ready.tasks[i], Raw());
    CHECK(raw.has_columns);
    CHECK(Render(raw.labels) == Render(ready.labels[i]));
  }
  CHECK(Render(ready.labels[0]) == "0 2 4: 10 - 50 ");
}

TEST_CASE("the positive class that was chosen holds for raw tables, too") {
  PrepareOptions options = Options();
  options.positive = {{"won", "0"}};
  const Dataset ready = Ready(options);
  CHECK(Render(ready.labels[1]) == "1 0 0 - 1 0 ");
  CHECK(Render(ReadLabels(ready.tasks[1], Raw()).labels) ==
        Render(ready.labels[1]));
}

TEST_CASE("where labels are read from travels in the file") {
  const TempFolder folder;
  PrepareOptions options = Options();
  options.task = {"price", "tags=multilabel"};
  options.task_per = "school";
  options.ignore = {"red", "blue", "w"};
  const Dataset ready = Ready(options);
  WriteDataset(ready, folder / "a.h5");
  const Dataset read = ReadDataset(folder / "a.h5");
  for (std::size_t i = 0; i < ready.tasks.size(); ++i) {
    CHECK(read.tasks[i].source == ready.tasks[i].source);
  }
  CHECK(MessageOf([] { ParseLabelSource("{\"columns\":1}"); }) ==
        "what is stored of a task's columns cannot be read");
}

TEST_CASE("labels written otherwise than in training are said") {
  const std::vector<Task> tasks = Ready(Options()).tasks;
  const auto problem = [&](InputBlock block) {
    const Dataset table = TableOf(2, {std::move(block)});
    std::string said;
    for (const Task& task : tasks) {
      said +=
          UnknownLabelsText(task, ReadLabels(task, table).labels.unknown, true);
    }
    return said;
  };
  CHECK(problem(CodeBlock("categorical", {"won"}, {{"no", "yes"}}, {0, 1})) ==
        "task 'won': 2 rows have a class that the model does not know, 'no', "
        "'yes': they count as errors (its classes are: 0, 1)");
  CHECK(problem(CodeBlock("categorical", {"price"}, {{"dear", "7"}}, {0, 1})) ==
        "task 'price': 'dear' is no number: 1 such cell counts as not "
        "labelled");
  CHECK(problem(CodeBlock("categorical", {"price"}, {{"1e40", "7"}}, {0, 1})) ==
        "task 'price': '1e40' is too large for single precision: 1 such cell "
        "counts as not labelled");
  CHECK(problem(DenseBlock("numeric", {"kind"}, {1, kNan})) ==
        "task 'kind': 1 row has a class that the model does not know, '1': it "
        "counts as an error (its classes are: cat, dog, eel)");
  CHECK(problem(CodeBlock("categorical", {"tags"}, {{"a;c", "b"}}, {0, 1})) ==
        "task 'tags': 'c' is no class of the model: of 1 such cell the known "
        "labels count (its classes are: a, b)");
  CHECK(problem(CodeBlock("categorical", {"tags"}, {{"b,a", "b"}}, {0, 1})) ==
        "task 'tags': 'b,a' is no class of the model: 1 such cell counts as "
        "not labelled (its classes are: a, b)");
  CHECK(problem(DenseBlock("numeric", {"x"}, {1, 2})).empty());
}

TEST_CASE("a list of labels none of which is known says nothing of others") {
  const Task tags = Ready(Options()).tasks[4];
  const Dataset table = TableOf(
      5, {CodeBlock("categorical", {"tags"}, {{"a,b", "a;c", "b", "c;d", ";"}},
                    {0, 1, 2, 3, 4})});
  const Labels labels = ReadLabels(tags, table).labels;
  CHECK(Render(labels) == "- - 1 0 0 1 - - 0 0 ");
  CHECK(UnknownLabelsText(tags, labels.unknown, true) ==
        "task 'tags': 'a,b' is no class of the model: 2 such cells count as "
        "not labelled, of 1 other the known labels count (its classes are: a, "
        "b)");
}

TEST_CASE("classes that preparation left out are left out of raw tables, too") {
  PrepareOptions options = Options();
  options.drop_class = {"kind=eel"};
  const Dataset ready = Ready(options);
  const RawLabels raw = ReadLabels(ready.tasks[3], Raw());
  CHECK(Render(raw.labels) == "0 1 - - 0 1 ");
  CHECK(Render(raw.labels) == Render(ready.labels[3]));
  CHECK(raw.labels.unknown.cells == 0);
  options = Options();
  options.min_class_rows = 2;
  options.task = {"grade=multiclass"};
  const Dataset rare = Ready(options);
  const Labels of_all = MapLabels(Ready(Options()).tasks[2],
                                  Ready(Options()).labels[2], rare.tasks[0]);
  CHECK(rare.tasks[0].source.dropped == std::vector<std::string>{"2"});
  CHECK(Render(of_all) == Render(rare.labels[0]));
  CHECK(of_all.unknown.cells == 0);
  const LabelSource source = rare.tasks[0].source;
  CHECK(ParseLabelSource(LabelSourceText(source)) == source);
}

TEST_CASE("a set of labels without one that was left out says the others") {
  Dataset raw = TableOf(4, {DenseBlock("numeric", {"x"}, {1, 2, 3, 4}),
                            CodeBlock("categorical", {"tags"},
                                      {{"a;b", "b;c", "c"}}, {0, 1, 2, 0})});
  PrepareOptions options;
  options.task = {"tags=multilabel"};
  options.drop_class = {"tags=c"};
  const auto ready = [&] {
    SilentReporter silent;
    return Prepare(raw, options, 1, &silent);
  }();
  const RawLabels read = ReadLabels(ready.tasks[0], raw);
  CHECK(Render(read.labels) == "1 1 0 1 0 0 1 1 ");
  CHECK(Render(read.labels) == Render(ready.labels[0]));
  CHECK(read.labels.unknown.cells == 0);
}

TEST_CASE("rows that no task of --task-per is for are counted") {
  PrepareOptions options = Options();
  options.task = {"price"};
  options.task_per = "school";
  options.ignore = {"red", "blue", "w"};
  const std::vector<Task> tasks = Ready(options).tasks;
  const InputBlock price = DenseBlock("numeric", {"price"}, {1, 2, 3, 4});
  const auto said = [&](std::vector<InputBlock> blocks) {
    return Join(RowsOfNoTask(tasks, TableOf(4, std::move(blocks))), "|");
  };
  const auto schools = [](std::vector<std::int32_t> codes) {
    return CodeBlock("categorical", {"school"},
                     {{"north", "south", "west", "east"}}, std::move(codes));
  };
  CHECK(said({price, schools({0, 1, 1, 0})}).empty());
  CHECK(said({price, schools({2, 1, -1, 3})}) ==
        "column 'school': 2 rows have a value that no task is for, such as "
        "'west', and 1 row has none: they count as not labelled");
  CHECK(said({price, schools({0, 1, -1, 0})}) ==
        "column 'school': 1 row has none: it counts as not labelled");
  CHECK(said({price}) ==
        "there is no column 'school', which says for which task a row is: no "
        "row of these tasks counts as labelled");
  CHECK(said({schools({2, 2, 2, 2})}).empty());
}

TEST_CASE("cells that are lists of other programs list labels") {
  CHECK(Join(ListedLabels("['red', 'large']", "[]"), "|") == "red|large");
  CHECK(Join(ListedLabels("[\"red\"]", "[]"), "|") == "red");
  CHECK(ListedLabels("[]", "[]").empty());
  CHECK(Join(ListedLabels(" a ; b;", ";"), "|") == "a|b");

  Dataset raw = TableOf(
      4, {DenseBlock("numeric", {"x"}, {1, 2, 3, 4}),
          CodeBlock("categorical", {"tags"},
                    {{"['red', 'large']", "['red']", "[]"}}, {0, 1, 2, 0})});
  PrepareOptions options;
  options.task = {"tags=multilabel"};
  SilentReporter silent;
  const Dataset ready = Prepare(raw, options, 1, &silent);
  CHECK(Join(ready.tasks[0].classes, ",") == "large,red");
  CHECK(Render(ready.labels[0]) == "1 1 0 1 0 0 1 1 ");
}

// Whatever else a list of types may name in time, such as counts.
TEST_CASE("a column becomes a task of the type that is asked for") {
  const HeadEntry other = {"other", "", {}, TaskType::kRegression.head()};
  std::vector<TaskType> types = {TaskType(&other)};
  for (const HeadEntry* entry : HeadEntries()) {
    const HeadTraits& traits = entry->traits;
    const bool is_of_one_column =
        !traits.is_censored && !traits.is_map && !traits.is_written;
    if (traits.is_type && is_of_one_column) types.emplace_back(entry);
  }
  const Dataset raw = Raw();
  const std::vector<TableColumn> columns = ListColumns(raw.inputs);
  for (const TaskType type : types) {
    CAPTURE(std::string(type.name()));
    std::vector<TableColumn> used;
    const auto tasks = TasksFromColumns(raw, columns, {"won", type}, &used);
    REQUIRE(tasks.size() == 1);
    CHECK(tasks[0].task.type == type);
  }
}

TEST_CASE("a view of labels multiplies the weights of rows and labels") {
  Dataset data = TableOf(3, {DenseBlock("numeric", {"x"}, {1, 2, 3})});
  AddTask(&data, "t", TaskType::kRegression, {}, {5, kNan});
  data.labels[0].on_all_rows = false;
  data.labels[0].rows = {0, 2};
  data.labels[0].weights = {2, 3};
  data.weights = {0.5F, 1, 2};
  const LabelView view(data, 0);
  CHECK(view.Weight(0) == 1.0);
  CHECK(view.Weight(1) == 6.0);
  CHECK(view.WeightOfRow(1) == 1.0);
  CHECK(view.HasLabel(0));
  CHECK(!view.HasLabel(1));
  CHECK(view.PlaceOf(1) == -1);
  std::vector<double> cells;
  view.AppendRow(0, &cells);
  view.AppendRow(1, &cells);
  CHECK(cells[0] == 5.0);
  CHECK(std::isnan(cells[1]));
}

}  // namespace
}  // namespace mtlkit
