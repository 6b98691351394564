#include <doctest/doctest.h>

#include "text/format_fixture.h"

namespace mtlkit {
namespace {

TEST_CASE("SVMlight rows have labels, features and comments") {
  CHECK(Rows("# head\n1,3 5:0.2 7:1 # x\n\n2 7:-1e3\r\n 4:1\n", "svmlight") ==
        "1|3|5:0.2|7:1\n2|7:-1e3\n4:1\n");
}

TEST_CASE("features out of order are sorted") {
  CHECK(Rows("1 9:1 2:3\n", "svmlight") == "1|2:3|9:1\n");
}

TEST_CASE("several labels a row become one multi-label task") {
  const auto made = Convert({{"t.svm", "1,3 5:0.2 7:1\n10 1:2\n 2:1\n"}});
  REQUIRE(made.dataset.tasks.size() == 1);
  CHECK(made.dataset.tasks[0].classes ==
        std::vector<std::string>{"1", "3", "10"});
  CHECK(Csv(made.dataset) ==
        "id,sparse.0,sparse.1,sparse.2,sparse.3,sparse.4,sparse.5,sparse.6,"
        "labels.1,labels.3,labels.10\n"
        "0,0,0,0,0,0.2,0,1,1,1,0\n1,2,0,0,0,0,0,0,0,0,1\n"
        "2,0,1,0,0,0,0,0,0,0,0\n");
}

TEST_CASE("one label a row is a class or a number by what it holds") {
  const auto type = [](const char* text) {
    return TaskTypeName(Convert({{"t.svm", text}}).dataset.tasks[0].type);
  };
  CHECK(type("+1 1:1\n-1 1:2\n") == "binary");
  CHECK(type("1 1:1\n2 1:2\n3 1:1\n") == "multiclass");
  CHECK(type("1.5 1:1\n2 1:2\n3 1:1\n") == "regression");
}

TEST_CASE("the second class of -1 and +1 is the positive one") {
  const auto made = Convert({{"t.svm", "+1 1:1\n-1 1:2\n"}});
  CHECK(made.dataset.tasks[0].classes == std::vector<std::string>{"-1", "1"});
  CHECK(made.dataset.labels[0].values == std::vector<float>{1, 0});
}

TEST_CASE("features count from 0 where a 0 occurs or is asked for") {
  CHECK(Convert({{"t.svm", "1 0:1\n2 3:1\n"}}).dataset.inputs[0].cols == 4);
  CHECK(Convert({{"t.svm", "1 1:1\n2 3:1\n"}}).dataset.inputs[0].cols == 3);
  ConvertOptions options;
  options.index_base = "0";
  options.features = 9;
  const auto made = Convert({{"t.svm", "1 1:1\n2 3:1\n"}}, options);
  CHECK(made.dataset.inputs[0].cols == 9);
  CHECK(made.dataset.inputs[0].indices[0] == 1);
}

TEST_CASE("a line of counts says how many features there are") {
  const auto made = Convert({{"t.txt", "2 6 4\n0,3 1:0.5\n2 4:1\n"}});
  CHECK(made.dataset.rows == 2);
  CHECK(made.dataset.inputs[0].cols == 6);
  CHECK(made.dataset.inputs[0].indices[0] == 1);
}

TEST_CASE("qid becomes the group of a row") {
  const auto made = Convert({{"t.svm", "1 qid:7 1:1\n2 qid:9 1:2\n"}});
  CHECK(made.dataset.groups == std::vector<std::int64_t>{7, 9});
}

TEST_CASE("SVMlight mistakes are named with their line") {
  const auto error = [](const std::string& text) {
    return ErrorOf([&] { Convert({{"t.svm", text}}); });
  };
  CHECK(error("1 1:1\n1 x\n") == "65: t.svm:2: 'x' is no pair NUMBER:VALUE");
  CHECK(error("1 1:1\n1 2:x\n") ==
        "65: t.svm:2: feature 2: 'x' is not a finite number");
  CHECK(error("1 1:nan\n") ==
        "65: t.svm:1: feature 1: 'nan' is not a finite number");
  CHECK(error("1 1:1 1:2\n") == "65: t.svm:1: feature 1 occurs twice");
  CHECK(error("1 -1:1\n") ==
        "65: t.svm:1: '-1' is no feature number of 0 to 2147483646");
  CHECK(error("a 1:1\n") == "65: t.svm:1: label 'a' is no number");
  CHECK(error("1 1:1\n1 2:1") ==
        "65: t.svm:2: the last line has no end (the file may be cut; if it is "
        "whole, add a line break)");
  CHECK(error("1 qid:1 1:1\n1 1:1\n") ==
        "65: t.svm: 1 of 2 rows have a qid (all rows have one or none has)");
}

}  // namespace
}  // namespace mtlkit
