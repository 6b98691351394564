#include <doctest/doctest.h>

#include <fstream>

#include "base/error.h"
#include "data/dataset_io.h"
#include "temp_folder.h"
#include "text/format_fixture.h"
#include "text/task_files.h"

namespace mtlkit {
namespace {

constexpr const char* kRows = "1 1:0.5 3:2\n-1 2:1\n1 1:4\n";

// The files "rows.svm" and one for each task, as CSV.
std::string Made(const std::string& rows, const std::vector<NamedText>& tasks,
                 ConvertOptions options = {}) {
  const TempFolder folder;
  std::ofstream(folder / "rows.svm") << rows;
  for (const NamedText& task : tasks) {
    const std::string path = folder / (task.name + ".svm");
    std::ofstream(path) << task.bytes;
    options.task_files.push_back(task.name + "=" + path);
  }
  SilentReporter reporter;
  ConvertTables({{"", folder / "rows.svm"}}, folder / "out.h5", options, {},
                false, &reporter);
  return Csv(ReadDataset(folder / "out.h5"));
}

TEST_CASE("further files give the labels of further tasks") {
  CHECK(Made(kRows, {{"size", "2.5 1:0.5 3:2\n3.25 2:1\n1.125 1:4\n"}}) ==
        "id,sparse.0,sparse.1,sparse.2,label,size\n"
        "0,0.5,0,2,1,2.5\n1,0,1,0,-1,3.25\n2,4,0,0,1,1.125\n");
  // Labels alone, of several tasks; the rows themselves may have none.
  CHECK(Made("1:1\n1:2\n1:3\n", {{"a", "0\n1\n1\n"}, {"b", "5\n6\n7\n"}}) ==
        "id,sparse.0,a,b\n0,1,0,5\n1,2,1,6\n2,3,1,7\n");
}

TEST_CASE("several labels a row in a further file are a task of labels") {
  CHECK(Made(kRows, {{"topic", "1,2\n2\n3\n"}}) ==
        "id,sparse.0,sparse.1,sparse.2,label,topic.1,topic.2,topic.3\n"
        "0,0.5,0,2,1,1,1,0\n1,0,1,0,-1,0,1,0\n2,4,0,0,1,0,0,1\n");
}

TEST_CASE("files of other rows are refused with the place") {
  const auto error = [](const std::string& task) {
    return ErrorOf([&] { Made(kRows, {{"t", task}}); });
  };
  const std::string advice =
      " (the files of --task-files have the same rows in the same order, with "
      "the same features or none)";
  CHECK(error("1 1:0.5 3:2\n2 2:1.5\n3 1:4\n") ==
        "65: t.svm:2: has other features than rows.svm:2" + advice);
  CHECK(error("1 1:0.5 3:2\n2\n3 1:4\n") ==
        "65: t.svm:2: has other features than rows.svm:2" + advice);
  CHECK(error("1\n2 2:1\n3\n") ==
        "65: t.svm:2: has other features than rows.svm:2" + advice);
  CHECK(error("1 1:5e-1 3:2.0\n2 2:1\n3 1:4\n").empty());
  CHECK(error("1\n2\n").starts_with("65: t.svm: has fewer rows than rows.svm"));
  CHECK(error("1\n2\n3\n4\n")
            .starts_with("65: t.svm: has more rows than rows.svm"));
  CHECK(error("x\n2\n3\n").starts_with("65: t.svm:1: label 'x' is no number"));
}

TEST_CASE("each input has its own file of a task, in their order") {
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  const std::vector<std::string> entries = {"a=1", "b=2", "a=3", "b=4"};
  CHECK(TaskFilesOf(entries, 0, 2) == Pairs{{"a", "1"}, {"b", "2"}});
  CHECK(TaskFilesOf(entries, 1, 2) == Pairs{{"a", "3"}, {"b", "4"}});
  CHECK(ErrorOf([&] { TaskFilesOf(entries, 0, 1); }) ==
        "2: --task-files: 2 files of task 'a' for 1 input (give one for each "
        "input, in their order)");
  CHECK(ErrorOf([] {
          TaskFilesOf({"a"}, 0, 1);
        }).starts_with("2: --task-files: 'a' is not of the form NAME=FILE"));
}

TEST_CASE("files of tasks belong to SVMlight") {
  ConvertOptions options;
  options.task_files = {"t=labels.svm"};
  CHECK(ErrorOf([&] {
          Convert({{"t.csv", "a,b\n1,2\n3,4\n"}}, options);
        }).starts_with("2: --task-files has no effect on csv"));
}

}  // namespace
}  // namespace mtlkit
