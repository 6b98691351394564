// What --max-size bounds in preparation.
#include <doctest/doctest.h>

#include "prep/prepare_fixture.h"

namespace mtlkit {
namespace {

TEST_CASE("a result that would be too large is refused before it is made") {
  PrepareOptions options = Tasks({"sex"});
  options.max_size = "100";
  CHECK(Failure(options) ==
        "input 'features', 12 rows of 13 columns of numbers, would take 624 "
        "bytes, more than the 100 bytes of --max-size");
}

TEST_CASE("labels that would be too large are refused") {
  Dataset table = Table();
  Task task;
  task.name = "topics";
  task.type = TaskType::kMultilabel;
  for (int label = 0; label < 9; ++label) {
    task.classes.push_back(Str("t", label));
  }
  Labels labels;
  labels.values.assign(At(table.rows) * 9, 1);
  table.tasks = {task};
  table.labels = {labels};
  PrepareOptions options = Tasks({"sex"});
  options.max_size = "107";
  CHECK(Failure(options, table) ==
        "task 'topics', 12 rows of 9 labels, would take 108 bytes, more than "
        "the 107 bytes of --max-size");
}

TEST_CASE("what is fitted to sparse columns is within the bounds, too") {
  InputBlock words;
  words.name = "words";
  words.kind = InputKind::kSparse;
  words.cols = 300'000'000;
  words.row_starts = Array<std::int64_t>(std::vector<std::int64_t>{0, 1, 2});
  words.indices = Array<std::int32_t>(std::vector<std::int32_t>{0, 299999999});
  words.values = Array<float>(std::vector<float>{1, 1});
  const Dataset table =
      TableOf(2, {DenseBlock("numeric", {"y"}, {0, 1}), words});
  PrepareOptions options = Tasks({"y"});
  options.max_size = "100m";
  CHECK(Failure(options, table) == "no error");
  options.scale = "max-abs";
  CHECK(Failure(options, table) ==
        "max-abs of 300000000 columns of input 'words' would take 4.5 GB, more "
        "than the 100 MB of --max-size");
}

TEST_CASE("sparse inputs that would be too large are refused, too") {
  std::vector<std::string> names;
  std::vector<std::int32_t> codes;
  std::vector<float> numbers;
  for (int row = 0; row < 600; ++row) {
    names.push_back(Str("n", row));
    codes.push_back(row % 300);
    numbers.push_back(static_cast<float>(row % 2));
  }
  names.resize(300);
  const Dataset table =
      TableOf(600, {DenseBlock("numeric", {"y"}, numbers),
                    CodeBlock("categorical", {"name"}, {names}, codes)});
  PrepareOptions options = Tasks({"y"});
  CHECK(Run(options, table).inputs[0].kind == InputKind::kSparse);
  // An entry a row, of 8 bytes, and 8 more a row.
  options.max_size = "9600";
  CHECK(Failure(options, table) == "no error");
  options.max_size = "9599";
  CHECK(Failure(options, table)
            .find("would take 9.4 KB, more than the 9.4 KB "
                  "of --max-size") != std::string::npos);
}

}  // namespace
}  // namespace mtlkit
