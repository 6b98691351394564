#include <doctest/doctest.h>

#include "temp_folder.h"
#include "text/format_fixture.h"

namespace mtlkit {
namespace {

TEST_CASE("ARFF says what columns are, and has labels last") {
  ConvertOptions reading;
  reading.type = {"when=date"};
  Dataset dataset = Convert({{"t.csv",
                              "id,x,when,city\n"
                              "a,0.5,2020-01-31,Bern\n"
                              "b,,2021-02-01,\"it's, 50 % \\ \"\"so\"\"\"\n"
                              "c,2,,\n"}},
                            reading)
                        .dataset;
  dataset.tasks.push_back({"y", TaskType::kBinary, {"no", "yes"}, 1, {}, {}});
  dataset.labels.push_back({{0, 2}, false, {1, 0}, {}});
  dataset.tasks.push_back({"z", TaskType::kMultilabel, {"p", "q"}, 1, {}, {}});
  dataset.labels.push_back({{}, true, {0, 1, 1, 0, 1, 1}, {}});
  dataset.weights = {1, 2, 0.5F};
  CHECK(Written("arff", dataset) ==
        "@relation 'mtlkit: -C -3'\n\n"
        "@attribute id string\n"
        "@attribute x numeric\n"
        "@attribute when date yyyy-MM-dd\n"
        "@attribute city {Bern,'it\\'s, 50 % \\\\ \"so\"'}\n"
        "@attribute weight numeric\n"
        "@attribute y {no,yes}\n"
        "@attribute z.p {0,1}\n"
        "@attribute z.q {0,1}\n\n"
        "@data\n"
        "a,0.5,2020-01-31,Bern,1,yes,0,1\n"
        "b,?,2021-02-01,'it\\'s, 50 % \\\\ \"so\"',2,?,1,0\n"
        "c,2,?,?,0.5,no,1,1\n");
}

TEST_CASE("dates come back from ARFF, and splits are not written to it") {
  ConvertOptions reading;
  reading.type = {"when=date", "day=date"};
  Dataset dataset = Convert({{"train=a.csv",
                              "x,when,day\n"
                              "1,2020-01-31T10:30:00,2020-01-31\n"
                              "2,,2021-02-01\n"},
                             {"test=b.csv", "x,when,day\n3,2021-02-01,\n"}},
                            reading)
                        .dataset;
  dataset.splits["fold0"] = {0};
  std::string notes;
  const std::string text = Written("arff", dataset, {}, &notes);
  CHECK(text ==
        "@relation mtlkit\n\n"
        "@attribute x numeric\n"
        "@attribute when date \"yyyy-MM-dd HH:mm:ss\"\n"
        "@attribute day date yyyy-MM-dd\n\n"
        "@data\n"
        "1,'2020-01-31 10:30:00',2020-01-31\n"
        "2,?,2021-02-01\n"
        "3,'2021-02-01 00:00:00',?\n");
  CHECK(notes ==
        "ARFF has no splits: they are left out, --split NAME writes the rows "
        "of one\n");
  const Dataset back = Convert({{"t.arff", text}}).dataset;
  CHECK(back.inputs.at(0).dates == std::vector<std::string>{"when", "day"});
  CHECK(Written("arff", back) == text);
}

TEST_CASE("fractions of seconds come back from ARFF, or are refused") {
  ConvertOptions reading;
  reading.type = {"when=date"};
  const Dataset fine =
      Convert({{"t.csv",
                "x,when\n1,2020-01-31T10:30:00.05\n2,2020-01-31T10:30:01\n"}},
              reading)
          .dataset;
  const std::string text = Written("arff", fine);
  CHECK(text.find("@attribute when date \"yyyy-MM-dd HH:mm:ss.SSS\"\n") !=
        std::string::npos);
  CHECK(
      text.ends_with("@data\n1,'2020-01-31 10:30:00.050'\n"
                     "2,'2020-01-31 10:30:01.000'\n"));
  CHECK(Csv(Convert({{"t.arff", text}}).dataset) == Csv(fine));
  const Dataset finer =
      Convert({{"t.csv", "x,when\n1,\n2,2020-01-31T10:30:00.0505\n"}}, reading)
          .dataset;
  CHECK(ErrorOf([&] { Written("arff", finer); }) ==
        "65: row 2: column 'when': '2020-01-31 10:30:00.0505' is finer than "
        "milliseconds, which dates of ARFF are (write CSV or JSON lines)");
}

TEST_CASE("ARFF that is read and written again is the same") {
  const char* table =
      "@relation r\n"
      "@attribute n numeric\n"
      "@attribute c {'a b','?','<null>','','{x}',\"d\\'e\",z}\n"
      "@data\n"
      "2.5,'a b'\n?,'?'\n1e-30,'<null>'\n0,''\n3,'{x}'\n"
      "4,'d\\'e'\n5,?\n";
  const std::string once =
      Written("arff", Convert({{"t.arff", table}}).dataset);
  CHECK(once == Written("arff", Convert({{"t.arff", once}}).dataset));
  CHECK(Csv(Convert({{"t.arff", once}}).dataset) ==
        Csv(Convert({{"t.arff", table}}).dataset));
}

TEST_CASE("sparse inputs make sparse rows, in which labels always stand") {
  const Dataset dataset =
      Convert({{"t.svm", "1 2:1.5 4:2\n-1\n1 1:3\n"}}).dataset;
  const std::string text = Written("arff", dataset);
  CHECK(text.substr(text.find("@data")) ==
        "@data\n"
        "{1 1.5,3 2,4 1}\n"
        "{4 -1}\n"
        "{0 3,4 1}\n");
  // What is read is as it was, but that the block has names now.
  const Dataset back = Convert({{"t.arff", text}}).dataset;
  CHECK(back.rows == 3);
  CHECK(back.inputs.at(0).kind == InputKind::kSparse);
  CHECK(back.inputs.at(0).values.size() == 3);
  REQUIRE(back.tasks.size() == 1);
  CHECK(back.tasks[0].name == "label");
}

TEST_CASE("Mulan's list names the labels") {
  const TempFolder folder;
  Dataset dataset = Convert({{"t.csv", "x\n1\n2\n"}}).dataset;
  dataset.tasks.push_back(
      {"y", TaskType::kMultilabel, {"<a&b>", "\"c\""}, 1, {}, {}});
  dataset.labels.push_back({{}, true, {0, 1, 1, 0}, {}});
  WritingOptions options;
  options.label_list = folder / "labels.xml";
  const std::string text = Written("arff", dataset, options);
  ConvertOptions reading;
  reading.labels = options.label_list;
  const Dataset back = Convert({{"t.arff", text}}, reading).dataset;
  REQUIRE(back.tasks.size() == 1);
  CHECK(back.tasks[0].classes ==
        std::vector<std::string>{"y.<a&b>", "y.\"c\""});
  CHECK(back.labels[0].values[1] == 1);
  dataset.tasks.clear();
  dataset.labels.clear();
  CHECK(ErrorOf([&] { Written("arff", dataset, options); }) ==
        "2: --label-list: there are no labels (mtl-prep --task says which "
        "columns are)");
}

}  // namespace
}  // namespace mtlkit
