// What preparation says of rows: which it leaves out, holds out, or takes.
#include <doctest/doctest.h>

#include "prep/choose_rows.h"
#include "prep/prepare_fixture.h"

namespace mtlkit {
namespace {

// What Prepare warns of.
std::string Warnings(const PrepareOptions& options, const Dataset& table) {
  Notebook notebook;
  const Dataset made = Prepare(table, options, 1, &notebook);
  ReportDataset(made, &notebook);
  return Join(notebook.warnings, "|");
}

TEST_CASE("flags of one column take a comma of its name plain or escaped") {
  Dataset table = Table();
  table.inputs[0].columns = {"x", "co,de", "pay", "flag"};
  table.inputs[1].columns = {"job", "se,x", "school", "pa,rt"};
  const auto same = [&](std::string PrepareOptions::*flag, std::string name) {
    PrepareOptions plain = Tasks({"pay=regression"});
    if (flag == &PrepareOptions::stratify) plain.split = {"test=0.5"};
    PrepareOptions escaped = plain;
    plain.*flag = name;
    escaped.*flag = name.insert(name.find(','), "\\");
    const Dataset one = Run(plain, table);
    const Dataset other = Run(escaped, table);
    CHECK(one.rows == other.rows);
    CHECK(one.splits == other.splits);
    CHECK(one.groups == other.groups);
    CHECK(one.weights == other.weights);
    CHECK(NamesOf(one.tasks) == NamesOf(other.tasks));
    CHECK(one.tasks[0].source.weight == other.tasks[0].source.weight);
  };
  same(&PrepareOptions::group, "se,x");
  same(&PrepareOptions::weight, "co,de");
  same(&PrepareOptions::split_from, "pa,rt");
  same(&PrepareOptions::stratify, "se,x");
  same(&PrepareOptions::task_per, "se,x");
  same(&PrepareOptions::rows, "se,x=f");
  PrepareOptions wrong = Tasks({"pay=regression"});
  wrong.group = "sa\\,x";
  CHECK(Failure(wrong, table) ==
        "--group: there is no column 'sa\\,x'; did you mean 'se\\,x'?");
}

TEST_CASE("rows that fractions leave in no split are counted") {
  PrepareOptions options = Tasks({"pay=regression"});
  options.ignore = {"part", "school"};
  options.split = {"train=0.5"};
  const std::string said = Warnings(options, Table());
  CHECK(said.find("6 of 12 rows are in no split: nothing is learned from them "
                  "or measured on them (fractions of --split that add up to 1 "
                  "divide all)") != std::string::npos);
  const auto is_silent = [](const PrepareOptions& some) {
    return Warnings(some, Table()).find("no split") == std::string::npos;
  };
  options.split = {"train=0.5", "test=0.5"};
  CHECK(is_silent(options));
  options.split = {"test=0.25"};
  CHECK(is_silent(options));
  options.split.clear();
  options.folds = 3;
  CHECK(is_silent(options));
}

TEST_CASE(
    "categories that most held out rows and no training row have are told") {
  std::vector<std::int32_t> days;
  std::vector<float> numbers;
  for (int row = 0; row < 40; ++row) {
    days.push_back(row / 4);  // four rows a day, in the order of days
    numbers.insert(numbers.end(), {static_cast<float>(row % 7),
                                   static_cast<float>(row * row % 11)});
  }
  std::vector<std::string> names;
  for (int day = 0; day < 10; ++day) names.push_back(Str("day", day));
  Dataset table =
      TableOf(40, {DenseBlock("numeric", {"x", "y"}, numbers),
                   CodeBlock("categorical", {"date"}, {names}, days)});
  table.splits = {{"train", {}}, {"test", {}}};
  for (Index row = 0; row < 40; ++row) {
    table.splits[row < 24 ? "train" : "test"].push_back(row);
  }
  const PrepareOptions options = Tasks({"y=regression"});
  CHECK(Warnings(options, table) ==
        "column 'date': 16 of 16 rows that are held out have a category that "
        "no training row has: the column says nothing of them (--ignore date, "
        "or splits that share its categories)");
  Dataset wide = table;
  wide.inputs[1] = CodeBlock("categorical", {"a", "b", "c", "d"},
                             {names, names, names, names}, [&days] {
                               std::vector<std::int32_t> codes;
                               for (const std::int32_t day : days) {
                                 codes.insert(codes.end(), 4, day);
                               }
                               return codes;
                             }());
  CHECK(Warnings(options, wide) ==
        "of 4 columns most rows that are held out have a category that no "
        "training row has: 'a', 'b', 'c' ...; they say nothing of them "
        "(--ignore, or splits that share categories)");
  PrepareOptions without = options;
  without.ignore = {"date"};
  CHECK(Warnings(without, table) == "");
  // Of every fifth row as test, all days but the last have training rows.
  table.splits = {{"train", {}}, {"test", {}}};
  for (Index row = 0; row < 40; ++row) {
    table.splits[row % 5 == 0 ? "test" : "train"].push_back(row);
  }
  CHECK(Warnings(options, table) == "");
}

TEST_CASE("chosen rows of one value do not make a regression of two classes") {
  PrepareOptions options = Tasks({"flag", "job"});
  options.rows = "flag=1";
  CHECK(Failure(options) ==
        "task 'flag' has two values in the table, but only one in the rows "
        "that were chosen");
  options.task = {"flag=regression", "job"};
  CHECK(Failure(options) == "no error");
  options.task = {"flag", "job"};
  options.rows = "x>3";
  CHECK(Failure(options) == "no error");
}

TEST_CASE("rows by a column that preparation has used are explained") {
  const Dataset ready = Run(Tasks({"flag", "job"}));
  CHECK(MessageOf([&] { RowsWhere(ready, "flag=1"); }) ==
        "--rows: 'flag' is a task of this file and no column any more");
  CHECK(MessageOf([&] { RowsWhere(ready, "school=A"); }) ==
        "--rows: preparation made other columns of 'school'");
  CHECK(MessageOf([&] {
          RowsWhere(ready, "nothing=A");
        }).starts_with("--rows: there is no column 'nothing'"));
}

}  // namespace
}  // namespace mtlkit
