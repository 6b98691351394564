#include <doctest/doctest.h>

#include <string>

#include "base/error.h"
#include "text/date_text.h"
#include "text/format_fixture.h"
#include "text/type_choice.h"

namespace mtlkit {
namespace {

// Seconds since 1970 as text, or "none".
std::string Seconds(std::string_view text, std::string_view format = "") {
  double seconds = 0;
  if (!DateFormat(format).Parse(text, &seconds)) return "none";
  std::string shown = std::to_string(seconds);
  shown.resize(shown.find('.') + 3);
  return shown;
}

ConvertOptions WithTypes(std::vector<std::string> types) {
  ConvertOptions options;
  options.type = std::move(types);
  return options;
}

TEST_CASE("dates of ISO 8601 are seconds since 1970") {
  CHECK(Seconds("1970-01-01") == "0.00");
  CHECK(Seconds("2020-02-29") == "1582934400.00");
  CHECK(Seconds("20200229") == "1582934400.00");
  CHECK(Seconds("2020-02") == "1580515200.00");
  CHECK(Seconds("2020-02-29T12:34:56") == "1582979696.00");
  CHECK(Seconds("2020-02-29 12:34") == "1582979640.00");
  CHECK(Seconds("2020-02-29 12:34:56.25") == "1582979696.25");
  CHECK(Seconds("20200229T123456Z") == "1582979696.00");
  CHECK(Seconds("2020-02-29T12:34:56+02:00") == "1582972496.00");
  CHECK(Seconds("2020-02-29 12:34:56 UTC") == "1582979696.00");
  CHECK(Seconds("1969-12-31T23:59:59.5") == "-0.50");
}

TEST_CASE("what is no date of ISO 8601 is none") {
  for (const char* text :
       {"", "2020", "2020-", "2020-2-9", "2021-02-29", "2020-13-01",
        "2020-00-10", "2020-02-29x", "2020-02-29T", "2020-02-29T24:00",
        "2020-02-29T12", "2020-02-29T12:34:56.", "2020-02-29T12:34+2",
        "29.02.2020", "0000-00-00", " 2020-02-29", "2020-02-29T12:3456"}) {
    CAPTURE(text);
    CHECK(Seconds(text) == "none");
  }
}

TEST_CASE("formats read what they say, without a locale") {
  CHECK(Seconds("29.2.2020", "%d.%m.%Y") == "1582934400.00");
  CHECK(Seconds("2/29/20 12:05 am", "%m/%d/%y %I:%M %p") == "1582934700.00");
  CHECK(Seconds("2/29/20 12:05 PM", "%m/%d/%y %I:%M %p") == "1582977900.00");
  CHECK(Seconds("2/29/20 1:05 PM", "%m/%d/%y %I:%M %p") == "1582981500.00");
  CHECK(Seconds("FEBRUARY 29, 2020", "%b %d, %Y") == "1582934400.00");
  CHECK(Seconds("feb  29, 2020", "%B %d, %Y") == "1582934400.00");
  CHECK(Seconds("2020-060", "%Y-%j") == "1582934400.00");
  CHECK(Seconds("Sat 29 Feb 2020 12:34:56.5 -0130", "%a %d %b %Y %T.%f %z") ==
        "1582985096.50");
  CHECK(Seconds("1582934400", "%s") == "1582934400.00");
  CHECK(Seconds("100% 2020", "100%% %Y") == "1577836800.00");
  CHECK(Seconds("01.01.68", "%d.%m.%y") == "3092601600.00");
  CHECK(Seconds("01.01.69", "%d.%m.%y") == "-31536000.00");
  CHECK(Seconds("2019-366", "%Y-%j") == "none");
  CHECK(Seconds("31.02.2020", "%d.%m.%Y") == "none");
  CHECK(Seconds("1.2.20", "%d.%m.%Y") == "none");
  CHECK(Seconds("13:00 PM 2020", "%I:%M %p %Y") == "none");
  CHECK(Seconds("29.2.2020 ", "%d.%m.%Y") == "none");
}

TEST_CASE("formats that cannot be meant are refused") {
  CHECK(ErrorOf([] { DateFormat("%Y-%q"); }) ==
        "2: --type: date:%Y-%q: there is no '%q' (known after %: "
        "YymdjbBaAHMSIpfzZsFTR%)");
  CHECK(
      ErrorOf([] { DateFormat("%Y-%"); }).starts_with("2: --type: date:%Y-%"));
  CHECK(ErrorOf([] { DateFormat("%H:%M"); }) ==
        "2: --type: date:%H:%M has no year (%Y is one of four digits, %y of "
        "two)");
  CHECK(ErrorOf([] {
          DateFormat("%Y %I");
        }).starts_with("2: --type: date:%Y %I has one of %I and %p"));
}

TEST_CASE("a column of dates is kept as seconds and written as it was") {
  const Converted made =
      Convert({{"t.csv", "when,x\n2020-01-31,1\n?,2\n2019-12-01,3\n"}},
              WithTypes({"when=date"}));
  REQUIRE(made.dataset.inputs.size() == 1);
  CHECK(made.dataset.inputs[0].columns ==
        std::vector<std::string>{"when", "x"});
  CHECK(made.dataset.inputs[0].dates == std::vector<std::string>{"when"});
  CHECK(made.notes ==
        "t.csv (delimiter ',', header): 3 rows, 1 number, 1 date\n");
  CHECK(made.warnings.empty());
  CHECK(Csv(made.dataset) ==
        "id,when,x\n0,2020-01-31,1\n1,,2\n2,2019-12-01,3\n");
}

TEST_CASE("dates with times keep every second and fractions") {
  const Converted made =
      Convert({{"t.csv", "a=b\n31.01.2020 23:59:59.125\n01.02.2020 0:0:0.0\n"}},
              WithTypes({"a=b=date:%d.%m.%Y %T.%f"}));
  CHECK(Csv(made.dataset) ==
        "id,a=b\n0,2020-01-31T23:59:59.125\n1,2020-02-01T00:00:00\n");
  ConvertOptions single = WithTypes({"when=date"});
  single.precision = "single";
  CHECK(ErrorOf([&] {
          Convert({{"t.csv", "when\n2020-01-31T23:59:59\n"}}, single);
        }) ==
        "2: --precision single would round the dates of column 'when' to "
        "minutes (leave it out)");
}

TEST_CASE(
    "texts that are dates are said to be, with the flag, and stay texts") {
  const Converted made =
      Convert({{"t.csv", "when,x\n2020-01-31,1\n?,2\n2019-12-01,3\n"}});
  CHECK(made.dataset.inputs[1].kind == InputKind::kCategorical);
  CHECK(made.warnings ==
        "column 'when': dates such as '2019-12-01' are taken for words; --type "
        "when=date makes year, month, day of the week and time of them\n");
  CHECK(Convert({{"t.csv", "a b,x\n1/2/2020,1\n3/4/2020,2\n"}})
            .warnings.find("--type 'a b=date:%d/%m/%Y', or --type 'a "
                           "b=date:%m/%d/%Y' makes") != std::string::npos);
  CHECK(Convert({{"t.csv", "a,x\n1/2/2020,1\n3/14/2020,2\n"}})
            .warnings.find("; --type a=date:%m/%d/%Y makes") !=
        std::string::npos);
  CHECK(Convert({{"t.csv", "a,x\n\"Jan 2, 2020\",1\n\"Feb 2, 2020\",2\n"}})
            .warnings.find("; --type 'a=date:%b %d\\, %Y' makes") !=
        std::string::npos);
  CHECK(Convert({{"t.csv", "when,x\n2020-01-31,1\nsoon,2\n"}}).warnings == "");
  CHECK(Convert({{"t.csv", "when,x\n2020-01-31,1\n2020-02-01,2\n"}},
                WithTypes({"when=category"}))
            .warnings == "");
}

TEST_CASE("a cell that is no date is refused with what would read it") {
  const auto error = [](const std::string& cell) {
    return ErrorOf([&] {
      Convert({{"t.csv", "when,x\n2020-01-31,1\n" + cell + ",2\n"}},
              WithTypes({"when=date"}));
    });
  };
  CHECK(error("soon") ==
        "65: t.csv:3: column 'when': 'soon' is no date written as 'date' (list "
        "it under --missing where it stands for no value; --type "
        "COLUMN=date:FORMAT says how dates are written)");
  CHECK(error("31.12.2020") ==
        "65: t.csv:3: column 'when': '31.12.2020' is no date written as 'date' "
        "(--type when=date:%d.%m.%Y reads it)");
  CHECK(error("1700000000000")
            .find("(others of the column are texts: write dates alike in all "
                  "rows and files, as 2024-03-01 (pandas") !=
        std::string::npos);
  CHECK(ErrorOf([] {
          Convert({{"t.csv", "when,x\n1700000000000,1\n"}},
                  WithTypes({"when=date"}));
        })
            .find("(seconds since 1970: --type when=date:%s; milliseconds: "
                  "divide them by 1000") != std::string::npos);
  CHECK(
      ErrorOf([] {
        Convert({{"t.csv", "when,x\n1700000000,1\n199999999999,2\n"}},
                WithTypes({"when=date:%s"}));
      })
          .find("'199999999999' is no date written as 'date:%s' (seconds since "
                "1970: --type when=date:%s; milliseconds: divide them") !=
      std::string::npos);
  CHECK(error("NaT").starts_with("65: t.csv:3: column 'when': 'NaT' is no"));
}

TEST_CASE("a time of text that is finer than dates are kept is said to be") {
  const Converted made = Convert({{"t.csv",
                                   "x,when\n1,2020-01-31T12:00:00.123456\n"
                                   "2,2020-01-31T12:00:00.123456789\n"}},
                                 WithTypes({"when=date"}));
  CHECK(made.warnings ==
        "column 'when': 1 time is finer than dates are kept, such as "
        "'2020-01-31T12:00:00.123456789' in t.csv:3, and rounded\n");
  CHECK(Csv(made.dataset) ==
        "id,x,when\n0,1,2020-01-31T12:00:00.123456\n"
        "1,2,2020-01-31T12:00:00.123457\n");
}

TEST_CASE("dates that are texts in one file and numbers in another") {
  const NamedText texts = {"train=a.csv", "when\n2020-01-31\n2020-02-01\n"};
  const NamedText numbers = {
      "test=b.jsonl",
      "{\"when\":1580428800}\n{\"when\":1580428801}\n{\"when\":1580428802}\n"};
  const auto said = [](const std::vector<NamedText>& files,
                       const ConvertOptions& options) {
    return ErrorOf([&] { Convert(files, options); });
  };
  CHECK(said({texts, numbers}, WithTypes({"when=date"})) ==
        "65: b.jsonl:1: column 'when': '1580428800' is no date written as "
        "'date' (others of the column are texts: write dates alike in all rows "
        "and files, as 2024-03-01 (pandas: to_json(..., date_format='iso')))");
  CHECK(said({numbers, texts}, WithTypes({"when=date:%s"}))
            .find("'2020-01-31' is no date written as 'date:%s' (others of the "
                  "column are numbers: write dates alike") !=
        std::string::npos);
  CHECK(said({texts, numbers}, {})
            .find("'2020-01-31' is not a number (it is a date, and most are "
                  "numbers: write dates alike in all rows and files, or "
                  "declare --type when=category)") != std::string::npos);
  // Of a model's dates the first of either kind.
  ConvertOptions known;
  known.for_model = true;
  known.known[""].dates = {"when"};
  CHECK(said({numbers, texts}, known)
            .find("(others of the column are texts: write dates alike") !=
        std::string::npos);
}

TEST_CASE("what cannot be a date is refused") {
  CHECK(ErrorOf([] {
          Convert({{"t.arff",
                    "@relation r\n@attribute a numeric\n@attribute b date\n"
                    "@data\n{0 1}\n"}},
                  WithTypes({"b=date"}));
        }).starts_with("2: --type b=date: rows are sparse"));
  ConvertOptions renamed = WithTypes({"when=date"});
  renamed.rename_class = {{"when", "a", "b"}};
  CHECK(ErrorOf([&] {
          Convert({{"t.csv", "when\n2020-01-31\n2020-01-30\n"}}, renamed);
        }).starts_with("2: --rename-class: column 'when' holds dates"));
}

}  // namespace
}  // namespace mtlkit
