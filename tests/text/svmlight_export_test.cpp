#include <doctest/doctest.h>

#include "text/format_fixture.h"

namespace mtlkit {
namespace {

Dataset Table(std::string_view bytes) {
  return Convert({{"t.csv", std::string(bytes)}}).dataset;
}

TEST_CASE("SVMlight that is read and written again is the same") {
  for (const char* text : {"1 2:1.5 4:2\n-1\n1 1:3 4:0.1\n",
                           "2.5 qid:3 0:1\n-7 qid:3 1:2\n0.125 qid:4\n",
                           "0,2 1:1\n 3:2\n1 1:4\n"}) {
    const Dataset dataset = Convert({{"t.svm", text}}).dataset;
    CHECK(Written("svmlight", dataset) == text);
  }
}

TEST_CASE("SVMlight numbers features from 1 over all blocks, without zeros") {
  Dataset dataset = Convert({{"t.svm", "1 1:5\n-1 2:6\n"}}).dataset;
  Dataset more = Table("id,a,b\n0,0,0.5\n1,7,0\n");
  dataset.inputs.push_back(more.inputs.at(0));
  dataset.inputs.back().name = "more";
  CHECK(Written("svmlight", dataset) == "1 1:5 4:0.5\n-1 2:6 3:7\n");
  WritingOptions options;
  options.index_base = "0";
  CHECK(Written("svmlight", dataset, options) == "1 0:5 3:0.5\n-1 1:6 2:7\n");
}

TEST_CASE("labels of classes with other names are numbered, which is said") {
  Dataset dataset = Table("x\n1\n2\n3\n");
  dataset.tasks.push_back({"y", TaskType::kBinary, {"no", "yes"}, 1, {}, {}});
  dataset.labels.push_back({{0, 2}, false, {1, 0}, {}});
  std::string notes;
  CHECK(Written("svmlight", dataset, {}, &notes) == "1 1:1\n0 1:3\n");
  CHECK(notes ==
        "labels of 'y': 0 = no, 1 = yes\n"
        "1 row without a label of 'y' is left out: SVMlight has no word for "
        "that\n");
  dataset.tasks[0].classes = {"-1", "+1"};
  CHECK(Written("svmlight", dataset, {}, &notes) == "+1 1:1\n-1 1:3\n");
  CHECK(notes.find("=") == std::string::npos);
}

TEST_CASE("one of several tasks, or a column of a table, has the labels") {
  Dataset dataset = Table("x,city,y\n1,a,4\n2,b,5\n");
  WritingOptions options;
  CHECK(ErrorOf([&] { Written("svmlight", dataset, options); }) ==
        "2: SVMlight has the labels of one task (name the column of labels "
        "with --task COLUMN)");
  options.task = "city";
  CHECK(Written("svmlight", dataset, options) == "0 1:1 2:4\n1 1:2 2:5\n");
  options.task = "y";
  CHECK(
      ErrorOf([&] { Written("svmlight", dataset, options); })
          .starts_with("65: column 'city' holds categories, and SVMlight only "
                       "numbers ("));
  dataset = Table("x,y\n1,4\n2,0.1\n");
  CHECK(Written("svmlight", dataset, options) == "4 1:1\n0.1 1:2\n");
  options.task = "z";
  CHECK(ErrorOf([&] { Written("svmlight", dataset, options); }) ==
        "2: --task: there is no task or column 'z'");
  dataset.tasks.push_back({"u", TaskType::kRegression, {}, 2, {}, {}});
  dataset.labels.push_back({{}, true, {1, 2, 3, 4}, {}});
  options.task = "u";
  CHECK(ErrorOf([&] {
          Written("svmlight", dataset, options);
        }).starts_with("2: task 'u' has 2 numbers a row"));
}

TEST_CASE("a column of labels is named with its view where several have it") {
  ConvertOptions beside;
  beside.beside = true;
  const Dataset dataset = Convert({{"u=a.csv", "id,c,a\n3,1,4\n1,2,6\n"},
                                   {"v=b.csv", "id,c,a\n3,8,40\n1,9,60\n"}},
                                  beside)
                              .dataset;
  WritingOptions options;
  options.task = "v.c";
  CHECK(Written("svmlight", dataset, options) ==
        "8 1:1 2:4 3:40\n9 1:2 2:6 3:60\n");
  options.task = "c";
  CHECK(ErrorOf([&] { Written("svmlight", dataset, options); }) ==
        "2: --task: several views have a column 'c' (name it as VIEW.COLUMN)");
}

TEST_CASE("SVMlight refuses what it has no word for") {
  Dataset dataset = Table("x,y\n1,4\n,5\n");
  WritingOptions options;
  options.task = "y";
  CHECK(ErrorOf([&] { Written("svmlight", dataset, options); }) ==
        "65: row 1: 'x' is missing, and SVMlight has no word for that "
        "(mtl-prep fills in what is missing)");
  dataset = Table("x,y\n1,\n2,\n");
  CHECK(ErrorOf([&] {
          Written("svmlight", dataset, options);
        }).starts_with("65: no row has a label of 'y'"));
}

}  // namespace
}  // namespace mtlkit
