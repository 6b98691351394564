#include <doctest/doctest.h>

#include "text/format_fixture.h"

namespace mtlkit {
namespace {

constexpr const char* kTable =
    "id,x,wide,word\n"
    "a,0.1,1380000000123,plain\n"
    "b,-1e-07,0.1234567890123,\"say \"\"hi\"\", twice\"\n"
    "c,,2,\" padded\"\n"
    "d,3e+38,5,\"two\nlines\"\n"
    "e,7,8,\n";

TEST_CASE("CSV that is read and written again is the same") {
  const std::string once = Csv(Convert({{"t.csv", kTable}}).dataset);
  CHECK(once == Csv(Convert({{"t.csv", once}}).dataset));
  CHECK(once ==
        "id,x,wide,word\n"
        "a,0.1,1380000000123,plain\n"
        "b,-1e-07,0.1234567890123,\"say \"\"hi\"\", twice\"\n"
        "c,,2,\" padded\"\n"
        "d,3e+38,5,\"two\nlines\"\n"
        "e,7,8,\n");
}

TEST_CASE("blanks that nobody sees stay where they are") {
  const Dataset dataset =
      Convert({{"t.jsonl",
                "{\"a\":\"\u00a0z\",\"n\":1}\n{\"a\":\"z\u2003\",\"n\":2}\n"
                "{\"a\":\"z\",\"n\":3}\n"}})
          .dataset;
  for (const char* format : {"csv", "arff", "jsonl"}) {
    const std::string name = std::string("t.") + format;
    const Dataset back = Convert({{name, Written(format, dataset)}}).dataset;
    CHECK(back.inputs.at(1).categories == dataset.inputs.at(1).categories);
  }
}

TEST_CASE("JSON lines have one object a row and null for missing") {
  const char* table =
      "id,x,word\n"
      "1,0.5,\"a \"\"b\"\" \\\"\n"
      "2,,\"c\td\"\n";
  CHECK(Written("jsonl", Convert({{"t.csv", table}}).dataset) ==
        "{\"id\":1,\"x\":0.5,\"word\":\"a \\\"b\\\" \\\\\"}\n"
        "{\"id\":2,\"x\":null,\"word\":\"c\\u0009d\"}\n");
}

TEST_CASE("splits, groups, weights and tasks are columns") {
  Dataset dataset =
      Convert({{"train=t.svm", "1 qid:5 1:2\n-1 qid:6 1:3\n"}}).dataset;
  dataset.weights = {0.5F, 2};
  dataset.splits["fold0"] = {1};
  CHECK(Csv(dataset) ==
        "id,sparse.0,label,weight,group,split,fold\n"
        "0,2,1,0.5,5,train,\n1,3,-1,2,6,train,fold0\n");
}

TEST_CASE("rows that a task does not have are missing") {
  Dataset dataset = Convert({{"t.csv", "x\n1\n2\n3\n"}}).dataset;
  dataset.tasks.push_back({"y", TaskType::kRegression, {}, 2, {}, {}});
  dataset.labels.push_back({{0, 2}, false, {1, 2, 3, 4}, {}});
  CHECK(Csv(dataset) == "id,x,y.1,y.2\n0,1,1,2\n1,2,,\n2,3,3,4\n");
}

TEST_CASE("of very many sparse columns those in use are written") {
  const Dataset dataset =
      Convert({{"t.svm", "1 300000000:1\n-1 7:2\n"}}).dataset;
  CHECK(Csv(dataset) ==
        "id,sparse.6,sparse.299999999,label\n0,0,1,1\n1,2,0,-1\n");
}

TEST_CASE("two columns of one name are refused") {
  Dataset dataset = Convert({{"t.csv", "x\n1\n2\n"}}).dataset;
  dataset.tasks.push_back({"x", TaskType::kRegression, {}, 1, {}, {}});
  dataset.labels.push_back({{}, true, {1, 2}, {}});
  CHECK(ErrorOf([&] { Csv(dataset); }) ==
        "65: two columns would be called 'x' (name the inputs and tasks "
        "apart)");
}

TEST_CASE("cells that a spreadsheet would run are counted, and guarded") {
  const Dataset dataset = Convert({{"t.csv",
                                    "id,x,=word\n"
                                    "1,-0.5,\"=cmd()\"\n"
                                    "2,1,@a\n"
                                    "3,2,-7\n"
                                    "4,3,a=b\n"}})
                              .dataset;
  WritingOptions options;
  std::string notes;
  CHECK(Written("csv", dataset, options, &notes) ==
        "id,x,=word\n1,-0.5,=cmd()\n2,1,@a\n3,2,-7\n4,3,a=b\n");
  CHECK(notes.starts_with("3 texts begin with ="));
  options.guard.safe_cells = true;
  CHECK(Written("csv", dataset, options, &notes) ==
        "id,x,'=word\n1,-0.5,'=cmd()\n2,1,'@a\n3,2,-7\n4,3,a=b\n");
  CHECK(notes.empty());
}

TEST_CASE("rows of one split are written in every format of rows") {
  const Dataset dataset =
      Convert({{"train=a.svm", "1 1:2\n"}, {"test=b.svm", "-1 1:3\n1 2:1\n"}})
          .dataset;
  WritingOptions options;
  options.split = "test";
  CHECK(Written("csv", dataset, options) ==
        "id,sparse.0,sparse.1,label,split\n1,3,0,-1,test\n2,0,1,1,test\n");
  CHECK(Written("svmlight", dataset, options) == "-1 1:3\n1 2:1\n");
  options.split = "valid";
  CHECK(ErrorOf([&] {
          Written("csv", dataset, options);
        }).starts_with("2: there is no split 'valid'"));
}

TEST_CASE("the ending of a name says which format it is") {
  CHECK(WrittenFormatOf("a/b.csv")->name == "csv");
  CHECK(WrittenFormatOf("b.jsonl")->name == "jsonl");
  CHECK(WrittenFormatOf("b.svm")->name == "svmlight");
  CHECK(WrittenFormatOf("b.csv.h5") == nullptr);
  CHECK(WrittenFormatOf("-") == nullptr);
}

TEST_CASE("an option that a format does not know is refused") {
  WritingOptions options;
  options.label_list = "labels.xml";
  RequireWrittenFlags(FindWrittenFormat("arff"), options);
  CHECK(ErrorOf(
            [&] { RequireWrittenFlags(FindWrittenFormat("csv"), options); }) ==
        "2: --label-list has no effect: CSV is written (it is for ARFF only: "
        "leave it out)");
  CHECK(ErrorOf([&] {
          RequireWrittenFlags(nullptr, options);
        }).starts_with("2: --label-list has no effect: HDF5"));
}

}  // namespace
}  // namespace mtlkit
