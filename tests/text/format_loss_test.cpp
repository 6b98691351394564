// Numbers that do not fit where they are stored, and flags that no format of
// the inputs knows.
#include <doctest/doctest.h>

#include <cmath>

#include "text/format_fixture.h"
#include "text/number_text.h"

namespace mtlkit {
namespace {

ConvertOptions Precision(const std::string& precision) {
  ConvertOptions options;
  options.precision = precision;
  return options;
}

ConvertOptions Type(const std::string& type) {
  ConvertOptions options;
  options.type = {type};
  return options;
}

TEST_CASE("single precision refuses what is too large for it") {
  CHECK(ErrorOf([] {
          Convert({{"t.csv", "a,x\n1,2\n2,-1e39\n"}}, Precision("single"));
        }) ==
        "65: t.csv:3: column 'x': '-1e39' is too large for single precision "
        "(mtl-convert --precision double keeps it)");
  CHECK(Convert({{"t.csv", "a,x\n1,2\n2,-1e39\n"}}).dataset.inputs[0].wide[3] ==
        -1e39);
  CHECK(Convert({{"t.csv", "x\n3.4028234e38\n"}}, Precision("single"))
            .dataset.inputs[0]
            .dense[0] == 3.4028234e38F);
}

TEST_CASE("zeros in front of numbers are lost with a warning") {
  const NamedText table = {"t.csv", "zip,x,y\n01067,1,0\n00123,2,0.5\n"};
  CHECK(Convert({table}).warnings ==
        "column 'zip': '01067' in t.csv:2 and its like are taken for numbers, "
        "without the zeros in front; --type zip=category keeps codes\n");
  CHECK(Convert({table}, Type("zip=number")).warnings == "");
  CHECK(Convert({table}, Type("zip=category")).warnings == "");
}

TEST_CASE("sparse inputs and labels are as careful") {
  CHECK(ErrorOf([] {
          Convert({{"t.svm", "1 2:1e38 4:-" + std::string(40, '9') + "\n"}});
        }).starts_with("65: t.svm:1: feature 4: '-99999"));
  CHECK(ErrorOf([] {
          Convert({{"t.svm", "1 2:1e39\n2 3:1\n"}});
        }) ==
        "65: t.svm:1: feature 2: '1e39' is too large for single precision "
        "(sparse inputs are kept in single precision: scale them first)");
  CHECK(ErrorOf([] {
          ConvertOptions options;
          options.label_type = "regression";
          Convert({{"t.svm", "1 2:1\n2e40 3:1\n"}}, options);
        }).find("t.svm:2: a label: '2e+40' is too large for single") !=
        std::string::npos);
  CHECK(ErrorOf([] {
          Convert({{"t.arff",
                    "@relation r\n@attribute x numeric\n@data\n{0 1e39}\n"}});
        }).find("t.arff:4: column 'x': '1e39' is too large for single") !=
        std::string::npos);
}

TEST_CASE("whole numbers that single precision changes are kept in double") {
  for (const char* text :
       {"1000000000000000", "1e15", "15000000001", "16777217"}) {
    const std::string table = std::string("x\n1\n") + text + "\n";
    const Dataset dataset = Convert({{"t.csv", table}}).dataset;
    CHECK(dataset.inputs.at(0).dense.empty());
  }
  for (const char* text : {"16777216", "1e10", "6.02e23", "0.1", "1e22"}) {
    const std::string table = std::string("x\n1\n") + text + "\n";
    CHECK(Convert({{"t.csv", table}}).dataset.inputs.at(0).wide.empty());
  }
}

TEST_CASE("whole numbers that single precision changes are warned of") {
  CHECK(Convert({{"t.csv", "x,y\n16777217,1\n16777216,2\n1.5e-60,16777219\n"}},
                Precision("single"))
            .warnings ==
        "column 'x': 2 numbers have another value in single precision, such as "
        "'16777217' in t.csv:2; mtl-convert --precision double keeps it\n"
        "column 'y': 1 number has another value in single precision, such as "
        "'16777219' in t.csv:4; mtl-convert --precision double keeps it\n");
  CHECK(Convert({{"t.csv", "x\n16777217\n0.1\n1e-60\n"}}).warnings.empty());
  CHECK(Convert({{"t.svm", "1 2:16777217\n2 3:1\n"}})
            .warnings.find("a feature: 1 number has another value") !=
        std::string::npos);
}

TEST_CASE("whole numbers beyond double precision are refused or kept apart") {
  const std::vector<NamedText> table = {
      {"t.csv", "user,x\n9007199254740992,1\n9007199254740993,2\n"}};
  CHECK(ErrorOf([&] { Convert(table); }) ==
        "65: t.csv:3: column 'user': '9007199254740993' has more digits than "
        "double precision holds, it would become 9007199254740992 (--type "
        "user=category keeps them apart (id: as names of the rows), --type "
        "user=number rounds)");
  CHECK(Csv(Convert(table, Type("user=category")).dataset) ==
        "id,x,user\n0,1,9007199254740992\n1,2,9007199254740993\n");
  CHECK(
      Convert(table, Type("user=number")).warnings ==
      "column 'user': 1 number has more digits than double precision holds, "
      "such as '9007199254740993' in t.csv:3; --type user=category keeps them "
      "apart\n");
  // For a model they are texts, whatever it makes of them.
  ConvertOptions options;
  options.for_model = true;
  CHECK(Convert(table, options).warnings.empty());
  CHECK(Convert(table, options).dataset.inputs[1].categories[0] ==
        std::vector<std::string>{"9007199254740992", "9007199254740993"});
}

TEST_CASE("ids are in the column that a model read them from, if it is there") {
  ConvertOptions options;
  options.model_ids = {"rid"};
  const std::vector<NamedText> table = {{"t.csv", "id,rid,x\n7,a,1\n8,b,2\n"}};
  CHECK(Convert(table, options).dataset.ids ==
        RowIds(std::vector<std::string>{"a", "b"}));
  options.model_ids = {"other"};
  CHECK(Csv(Convert(table, options).dataset) == "id,x,rid\n7,1,a\n8,2,b\n");
}

TEST_CASE("digits that double precision holds are told from those it loses") {
  const auto loses = [](std::string_view text) {
    double value = 0;
    REQUIRE(ParseCellNumber(text, '.', &value) == NumberText::kNumber);
    return LosesDigits(text, value);
  };
  CHECK_FALSE(loses("9007199254740992"));
  CHECK_FALSE(loses("-009007199254740994.00"));
  CHECK_FALSE(loses("1152921504606846976"));  // 2^60
  CHECK(loses("1152921504606846977"));
  CHECK(loses("+9007199254740993"));
  CHECK(loses("9007199254740993.0"));
  // Written as measurements.
  CHECK_FALSE(loses("9007199254740993.5"));
  CHECK_FALSE(loses("9.007199254740993e15"));
}

TEST_CASE("flags that no format of the inputs knows are refused") {
  ConvertOptions options;
  options.skip = 1;
  options.header = "yes";
  options.missing = {"1"};
  CHECK(ErrorOf([&] {
          Convert({{"t.svm", "1 2:1\n2 3:1\n"}}, options);
        }) ==
        "2: --header, --missing, --skip have no effect on svmlight (leave them "
        "out)");
  const std::string arff = "@relation r\n@attribute x numeric\n@data\n1\n2\n";
  CHECK(ErrorOf([&] {
          Convert({{"t.arff", arff}}, options);
        }) == "2: --header, --skip have no effect on arff (leave them out)");
  ConvertOptions marker;
  marker.missing = {"1"};
  CHECK(std::isnan(
      Convert({{"t.arff", arff}}, marker).dataset.inputs[0].dense[0]));
  marker.missing = {"none"};
  CHECK(ErrorOf([&] {
          Convert({{"t.arff", arff}}, marker);
        }) ==
        "2: --missing has no effect on arff (it is for csv, jsonl and parquet "
        "only: "
        "leave it out)");
  ConvertOptions latin;
  latin.encoding = "latin1";
  CHECK(ErrorOf([&] {
          Convert({{"t.svm", "1 2:1\n2 3:1\n"}}, latin);
        }) ==
        "2: --encoding has no effect on svmlight (it is for arff, conll, csv, "
        "jsonl, labelled and lines only: leave it out)");
  ConvertOptions numbering;
  numbering.index_base = "0";
  CHECK(ErrorOf([&] {
          Convert({{"t.csv", "x\n1\n"}}, numbering);
        }) ==
        "2: --index-base has no effect on csv (it is for svmlight only: leave "
        "it out)");
  CHECK(ErrorOf([&] {
          Convert({{"t.svm", "1 2:1\n2 3:1\n"}}, Precision("double"));
        }) ==
        "2: --precision double has no effect: there is no column of numbers "
        "(sparse inputs and labels are kept in single precision) (leave it "
        "out)");
}

TEST_CASE(
    "words among markers of numbers have no effect on ARFF, which is said") {
  const std::string arff =
      "@relation r\n@attribute a numeric\n@attribute c {x,NA}\n@data\n1,x\n";
  ConvertOptions options;
  options.missing = {"NA", "-200", "none"};
  CHECK(ErrorOf([&] {
          Convert({{"t.arff", arff}}, options);
        }) ==
        "2: --missing: 'NA', 'none' have no effect on arff: beside ?, only "
        "numbers stand for missing values there (leave it out, or write ? in "
        "the file)");
  options.missing = {"-200"};
  CHECK(ErrorOf([&] { Convert({{"t.arff", arff}}, options); }) == "");
  // Delimited text beside it knows them.
  options.missing = {"NA", "-200"};
  CHECK(ErrorOf([&] {
          Convert({{"t.arff", arff}, {"t.csv", "a,c\n2,x\n"}}, options);
        }).find("no effect") == std::string::npos);
}

TEST_CASE("numbers with units or marks between digits are warned of as words") {
  for (const auto& [first, second] :
       std::vector<std::pair<std::string, std::string>>{
           {"$5", "$3.5"}, {"5%", "3"}, {"12'000", "\u20ac 3"}}) {
    CAPTURE(first);
    CHECK(Convert({{"t.csv", "a,b\n" + first + ",2\n" + second + ",3\n"}})
              .warnings.find("are taken for words; write them without units "
                             "and marks between digits, or --type a=category "
                             "if they are names") != std::string::npos);
  }
  for (const char* text :
       {"a,b\nv1,2\n3,4\n", "a,b\n10:00,2\n11:30,3\n", "a,b\n$,2\n%,3\n"}) {
    CAPTURE(text);
    CHECK(Convert({{"t.csv", text}}).warnings == "");
  }
  ConvertOptions declared;
  declared.type = {"a=category"};
  CHECK(Convert({{"t.csv", "a,b\n5%,2\n3%,3\n"}}, declared).warnings == "");
}

}  // namespace
}  // namespace mtlkit
