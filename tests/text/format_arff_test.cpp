#include <doctest/doctest.h>

#include "base/error.h"
#include "paths.h"
#include "text/format_fixture.h"
#include "text/text_lists.h"

namespace mtlkit {
namespace {

constexpr const char* kHeader =
    "% a comment\n@RELATION 'my data: -C 1'\n\n"
    "@attribute class {no, 'may be', \"it's\"}\n"
    "@Attribute 'a b, c' NUMERIC\n@attribute d real\n@DATA\n";

TEST_CASE("names, values and comments of ARFF are read") {
  CHECK(Rows(std::string(kHeader) +
             "% more\nno, 1 , ?\r\n'may be',2.5,-1e3\n\"it's\",?,0\n") ==
        "no|1|~\nmay be|2.5|-1e3\nit's|~|0\n");
}

TEST_CASE("escapes in quoted ARFF values are undone") {
  CHECK(Rows("@relation r\n@attribute a string\n@data\n'it\\'s'\n"
             "\"tab\\there\"\n'back\\\\slash'\n'?'\n") ==
        "it's\ntab\there\nback\\slash\n?\n");
}

TEST_CASE("rows without commas are separated by blanks") {
  CHECK(Rows("@relation r\n@attribute a real\n@attribute b real\n@data\n"
             "1 2\n3\t'4'\n") == "1|2\n3|4\n");
}

TEST_CASE("sparse ARFF rows hold attribute numbers and values") {
  CHECK(Rows(std::string(kHeader) + "{0 'may be', 2 -1}\n{}\n{1 ?}\n") ==
        "0:may be|2:-1\n\n1:~\n");
}

TEST_CASE("what a sparse row leaves out is 0 or the first value") {
  const auto made =
      Convert({{"t.arff",
                "@relation r\n@attribute n real\n@attribute word {red,green}\n"
                "@attribute flag {0,1}\n@data\n{0 2}\n{1 green,2 1}\n{}\n"}});
  CHECK(Csv(made.dataset) ==
        "id,word,n,flag\n0,red,2,0\n1,green,0,1\n2,red,0,0\n");
}

TEST_CASE("attributes that Mulan's list names become one multi-label task") {
  const auto made = Convert(
      {
          {"t.arff",
           "@relation r\n@attribute x real\n@attribute l1 {0,1}\n"
           "@attribute 'l & 2' {1,0}\n@data\n5,1,0\n6,0,?\n"},
      },
      {});
  CHECK(made.dataset.tasks.empty());
  ConvertOptions options;
  options.labels = SourceDir() + "/tests/text/labels.xml";
  const auto labelled =
      Convert({{"t.arff",
                "@relation r\n@attribute x real\n@attribute l1 {0,1}\n"
                "@attribute 'l & 2' {1,0}\n@data\n5,1,0\n6,0,?\n"}},
              options);
  REQUIRE(labelled.dataset.tasks.size() == 1);
  CHECK(labelled.dataset.tasks[0].type == TaskType::kMultilabel);
  CHECK(Csv(labelled.dataset) ==
        "id,x,labels.l1,labels.l & 2\n0,5,1,0\n1,6,0,\n");
}

TEST_CASE("a label that no attribute has is refused with the nearest") {
  ConvertOptions options;
  options.labels = SourceDir() + "/tests/text/labels.xml";
  CHECK(ErrorOf([&] {
          Convert({{"t.arff",
                    "@relation r\n@attribute l1 {0,1}\n"
                    "@attribute 'l & 3' {0,1}\n@data\n1,0\n"}},
                  options);
        }) ==
        "65: t.arff: no attribute 'l & 2', which --labels lists (did you "
        "mean 'l & 3'?)");
}

TEST_CASE("a list of labels must be whole") {
  CHECK(ReadLabelList(SourceDir() + "/tests/text/labels.xml") ==
        std::vector<std::string>{"l1", "l & 2"});
}

TEST_CASE("MEKA's -C makes tasks of the first attributes") {
  const auto made = Convert({{"t.arff",
                              "@relation 'x: -C 2'\n@attribute t {a,b,c}\n"
                              "@attribute u {n,y}\n@attribute v real\n@data\n"
                              "a,y,1\n?,n,2\n"}});
  REQUIRE(made.dataset.tasks.size() == 2);
  CHECK(made.dataset.tasks[0].type == TaskType::kMulticlass);
  CHECK(made.dataset.tasks[1].type == TaskType::kBinary);
  CHECK(Csv(made.dataset) == "id,v,t,u\n0,1,a,y\n1,2,,n\n");
}

TEST_CASE("MEKA's negative -C counts from the end") {
  const auto made = Convert({{"t.arff",
                              "@relation 'x: -C -1'\n@attribute v real\n"
                              "@attribute t {a,b,c}\n@data\n1,a\n"}});
  CHECK(Csv(made.dataset) == "id,v,t\n0,1,a\n");
  CHECK(made.dataset.tasks.size() == 1);
}

TEST_CASE("ARFF mistakes are named with their line") {
  const auto error = [](const std::string& data) {
    return ErrorOf([&] { Convert({{"t.arff", kHeader + data}}); });
  };
  CHECK(error("no,1\n") ==
        "65: t.arff:8: 2 values, but there are 3 attributes");
  CHECK(error("yes,1,2\n") ==
        "65: t.arff:8: column 'class': 'yes' is not one of its declared "
        "values");
  CHECK(error("no,one,2\n") ==
        "65: t.arff:8: column 'a b, c': 'one' is not a number (write ? for "
        "a missing value, or declare --type 'a b\\, c=category')");
  CHECK(error("'no,1,2\n") == "65: t.arff:8: a quote that is never closed");
  CHECK(error("{0 no, 1 2\n") ==
        "65: t.arff:8: a sparse row without its closing '}'");
  CHECK(error("{7 2}\n") ==
        "65: t.arff:8: '7' is no attribute number of 0 to 2");
  CHECK(error("{1 2,1 3}\n") ==
        "65: t.arff:8: attribute 1 is out of order or occurs twice");
  CHECK(error("") == "65: t.arff: no rows (there is nothing after the header)");
  CHECK(
      error("no,inf,2\n") ==
      "65: t.arff:8: column 'a b, c': 'inf' is infinite (write ? for a missing "
      "value, or declare --type 'a b\\, c=category')");
  CHECK(ErrorOf([] {
          Convert({{"t.arff", "@relation r\n@attribute a real\n"}});
        }) ==
        "65: t.arff: ends before @data (the file is incomplete, or no ARFF)");
  CHECK(
      ErrorOf([] {
        Convert({{"t.arff", "@relation r\n@attribute a relational\n@data\n"}});
      }) ==
      "65: t.arff:2: attribute 'a' has the type 'relational'; known are "
      "numeric, real, integer, string, date, {...}");
}

TEST_CASE("<null> of KEEL is missing") {
  CHECK(Rows("@relation r\n@attribute a numeric\n@attribute b {x,y}\n@data\n"
             "<null>,x\n1,<null>\n") == "~|x\n1|~\n");
}

TEST_CASE("ARFF: dates of ISO 8601 are dates, other ones categories") {
  const Dataset dataset =
      Convert({{"t.arff",
                "@relation r\n"
                "@attribute a date\n"
                "@attribute b DATE \"yyyy-MM-dd'T'HH:mm:ss\"\n"
                "@attribute c date 'yyyy-MM-dd HH:mm'\n"
                "@attribute d date dd.MM.yyyy\n"
                "@data\n"
                "2020-01-31T10:30:00,'2020-01-31T10:30:00',"
                "\"2020-01-31 10:30\",31.01.2020\n"}})
          .dataset;
  CHECK(dataset.FindInput("numeric")->dates ==
        std::vector<std::string>{"a", "b", "c"});
  CHECK(dataset.FindInput("numeric")->wide[2] == 1580466600);
  CHECK(dataset.FindInput("categorical")->columns ==
        std::vector<std::string>{"d"});
  // What sparse rows leave out is no date, and a label is none.
  const Dataset sparse = Convert({{"t.arff",
                                   "@relation r\n"
                                   "@attribute x numeric\n"
                                   "@attribute a date yyyy-MM-dd\n"
                                   "@data\n{0 1,1 2020-01-31}\n"}})
                             .dataset;
  CHECK(sparse.FindInput("categorical") != nullptr);
  const Dataset label = Convert({{"t.arff",
                                  "@relation 'r: -C 1'\n"
                                  "@attribute a date yyyy-MM-dd\n"
                                  "@attribute x numeric\n"
                                  "@data\n2020-01-31,1\n2020-02-01,2\n"}})
                            .dataset;
  REQUIRE(label.tasks.size() == 1);
  CHECK(label.tasks[0].is_classification());
}

TEST_CASE("ARFF: milliseconds are read where they can only be such") {
  const auto table = [](const std::string& date) {
    return std::vector<NamedText>{
        {"t.arff",
         "@relation r\n@attribute x numeric\n"
         "@attribute a date \"yyyy-MM-dd HH:mm:ss.SSS\"\n@data\n1,?\n"
         "1,'2020-01-31 10:30:00" +
             date + "'\n"}};
  };
  CHECK(Csv(Convert(table(".050")).dataset) ==
        "id,x,a\n0,1,\n1,1,2020-01-31T10:30:00.05\n");
  CHECK(Csv(Convert(table("")).dataset) ==
        "id,x,a\n0,1,\n1,1,2020-01-31T10:30:00\n");
  for (const char* other : {".5", ".050000"}) {
    CHECK(ErrorOf([&] { Convert(table(other)); }) ==
          Str("65: t.arff:6: column 'a': '2020-01-31 10:30:00", other,
              "' has no three digits of milliseconds, as its attribute says "
              "(SSS) (write .500 for half a second)"));
  }
}

}  // namespace
}  // namespace mtlkit
