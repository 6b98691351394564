#include <doctest/doctest.h>

#include "data/schema.h"
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
        "65: t.svm: 1 of 2 rows has a qid (all rows have one or none has)");
}

TEST_CASE("labels are one where their values are") {
  const auto made =
      Convert({{"t.svm",
                "+1 1:1\n1.0 1:1\n2e0 1:1\n2 1:1\n-0 1:1\n0.5 1:1\n"
                "1 1:1\n"}},
              [] {
                ConvertOptions options;
                options.label_type = "multiclass";
                return options;
              }());
  CHECK(made.dataset.tasks[0].classes ==
        std::vector<std::string>{"0", "0.5", "1", "2"});
  CHECK(made.dataset.labels[0].values ==
        std::vector<float>{2, 2, 3, 3, 0, 1, 2});
  const auto whole = Convert({{"t.svm", "1.0 1:1\n2.0 1:1\n3 1:1\n"}});
  CHECK(TaskTypeName(whole.dataset.tasks[0].type) == "multiclass");
  const auto sets = Convert({{"t.svm", "1.0,2.0 1:1\n1 2:1\n"}});
  CHECK(sets.dataset.tasks[0].classes == std::vector<std::string>{"1", "2"});
  // Names of many digits are more than a double can tell apart.
  const auto names = Convert(
      {{"t.svm", "12345678901234567890 1:1\n12345678901234567891 1:1\n"}});
  CHECK(names.dataset.tasks[0].classes.size() == 2);
}

TEST_CASE("labels in front of rows are renamed by the name of their task") {
  const NamedText table = {"t.svm", "0 1:1\n1.0 2:1\n+1 1:2\n"};
  ConvertOptions options;
  options.rename_class = {{"label", "0", "no"}, {"label", "+1", "yes"}};
  const Dataset words = Convert({table}, options).dataset;
  CHECK(words.tasks[0].classes == std::vector<std::string>{"no", "yes"});
  CHECK(words.labels[0].values == std::vector<float>{0, 1, 1});
  // The order of classes is that of their new names.
  options.rename_class = {{"label", "1", "-1.0"}};
  const Dataset turned = Convert({table}, options).dataset;
  CHECK(turned.tasks[0].classes == std::vector<std::string>{"-1", "0"});
  CHECK(turned.labels[0].values == std::vector<float>{1, 0, 0});
  // Two become one.
  options.rename_class = {{"labels", "3", "2"}};
  const Dataset sets =
      Convert({{"t.svm", "1,2 1:1\n3 2:1\n"}}, options).dataset;
  CHECK(sets.tasks[0].classes == std::vector<std::string>{"1", "2"});
  CHECK(sets.labels[0].values == std::vector<float>{1, 1, 0, 1});
  // What a model's texts were renamed by holds where it occurs.
  options = {};
  options.model_renames = {{"label", "0", "-1"}, {"label", "7", "8"}};
  CHECK(Convert({table}, options).dataset.tasks[0].classes ==
        std::vector<std::string>{"-1", "1"});
}

TEST_CASE("two labels change places") {
  ConvertOptions options;
  options.rename_class = {{"label", "-1", "1"}, {"label", "1", "-1"}};
  const Dataset made = Convert({{"t.svm", "-1 1:1\n1 1:2\n"}}, options).dataset;
  CHECK(made.tasks[0].classes == std::vector<std::string>{"-1", "1"});
  CHECK(
      std::vector<float>{made.labels[0].values[0], made.labels[0].values[1]} ==
      std::vector<float>{1, 0});
}

TEST_CASE("a renamed label has to be there") {
  const auto error = [](const std::string& text,
                        std::vector<std::string> rename) {
    ConvertOptions options;
    options.rename_class = {std::move(rename)};
    return ErrorOf([&] { Convert({{"t.svm", text}}, options); });
  };
  CHECK(error("0 1:1\n1 2:1\n", {"label", "2", "0"}) ==
        "2: --rename-class: 'label' has no class '2' (known: 0, 1)");
  CHECK(
      error("0 1:1\n1 2:1\n", {"y", "1", "0"}) ==
      "2: --rename-class: there is no column 'y' (labels in front of rows are "
      "called label)");
  CHECK(error("0.5 1:1\n1.5 2:1\n3 1:1\n", {"label", "3", "0"}) ==
        "2: --rename-class: 'label' holds numbers, not classes (--label-type "
        "multiclass makes classes of them)");
}

TEST_CASE("ordered labels of SVMlight are an ordinal task") {
  ConvertOptions options;
  options.label_type = "ordinal";
  const auto made = Convert({{"t.svm", "3 1:1\n10 1:2\n1 1:1\n"}}, options);
  CHECK(TaskTypeName(made.dataset.tasks[0].type) == "ordinal");
  CHECK(made.dataset.tasks[0].classes ==
        std::vector<std::string>{"1", "3", "10"});
}

TEST_CASE("where features begin is kept, and whether it was guessed") {
  const auto base = [](const char* text, const ConvertOptions& options = {}) {
    const auto made = Convert({{"t.svm", text}}, options);
    const InputBlock& block = made.dataset.inputs[0];
    CHECK(made.notes.find(NumberedFrom(block)) != std::string::npos);
    return NumberedFrom(block);
  };
  CHECK(base("1 1:1\n2 3:1\n") == " numbered from 1 (guessed: there is no 0)");
  CHECK(base("1 0:1\n2 3:1\n") == " numbered from 0");
  ConvertOptions options;
  options.index_base = "1";
  CHECK(base("1 1:1\n2 3:1\n", options) == " numbered from 1");
  // A model says it where nothing else does.
  options = {};
  options.model_numbering = {0, 7};
  CHECK(base("1 1:1\n2 3:1\n", options) == " numbered from 0");
  CHECK(Convert({{"t.svm", "1 1:1\n"}}, options).dataset.inputs[0].cols == 7);
  CHECK(Convert({{"t.svm", "1 9:1\n"}}, options).dataset.inputs[0].cols == 10);
  // Those of arrays are from 0, and nothing says that a text's are.
  const auto doubts = [&](const char* text) {
    return Convert({{"t.svm", text}}, options)
               .notes.find("taken to be numbered from 0") != std::string::npos;
  };
  CHECK(doubts("1 1:1\n2 3:1\n"));
  CHECK(!doubts("1 0:1\n2 3:1\n"));
  options.index_base = "0";
  CHECK(!doubts("1 1:1\n2 3:1\n"));
}

}  // namespace
}  // namespace mtlkit
