#include <doctest/doctest.h>

#include <string>

#include "base/error.h"
#include "base/rng.h"
#include "campaign.h"
#include "h5/mutator.h"
#include "text/format_fixture.h"

namespace mtlkit {
namespace {

std::string JsonRows(std::string_view text) {
  return Rows(text, "jsonl");
}

// What is said of the only row of a text.
std::string Refusal(std::string_view row) {
  return ErrorOf([&] { JsonRows(row); });
}

constexpr const char* kTable =
    "{\"id\": \"r1\", \"age\": 30, \"pay\": 1.5e3, \"town\": \"Bonn\", \"ok\": "
    "true}\n"
    "{\"id\": \"r2\", \"town\": \"K\\u00f6ln \\ud83d\\ude00\", \"age\": -2.25, "
    "\"pay\": null, \"ok\": false}\r\n"
    "\n"
    "{\"id\": \"r3\", \"age\": 0.1, \"town\": \"\", \"later\": 7}";

TEST_CASE("JSON lines are rows of cells by name, of all names that occur") {
  CHECK(JsonRows(kTable) ==
        "r1|30|1.5e3|Bonn|true|~\n"
        "r2|-2.25|~|K\xc3\xb6ln \xf0\x9f\x98\x80|false|~\n"
        "r3|0.1|~|~|~|7\n");
}

TEST_CASE("JSON lines are told by their first line, whatever their name") {
  for (const char* name : {"t.jsonl", "t.ndjson", "t.csv", "t"}) {
    const Converted made = Convert({{name, kTable}});
    CHECK(Csv(made.dataset) ==
          "id,age,pay,later,town,ok\n"
          "r1,30,1500,,Bonn,true\n"
          "r2,-2.25,,,K\xc3\xb6ln \xf0\x9f\x98\x80,false\n"
          "r3,0.1,,7,,\n");
    CHECK(made.notes.find("(JSON lines): 3 rows, 3 numbers, 2 categories") !=
          std::string::npos);
    CHECK(made.warnings.empty());
  }
  const std::string table = kTable;
  for (const std::string& packed :
       {Gzip(table), Xz(table), Bzip2(table), Zstd(table),
        Gzip(table.substr(0, 40)) + Gzip(table.substr(40)),
        "\xef\xbb\xbf" + table, "\n \n" + table}) {
    CHECK(Csv(Convert({{"t", packed}}).dataset) ==
          Csv(Convert({{"t", table}}).dataset));
  }
}

TEST_CASE("the same table as CSV and as JSON lines is the same dataset") {
  const char* csv =
      "x,word,flag,only\n"
      "1,\"a, b\",true,\n"
      "-0.5,\"say \"\"hi\"\"\",false,2\n"
      ",c\xc3\xa9,,16777217\n";
  const char* json =
      "{\"x\":1,\"word\":\"a, b\",\"flag\":true}\n"
      "{\"x\":-0.5,\"word\":\"say \\\"hi\\\"\",\"flag\":false,\"only\":2}\n"
      "{\"x\":null,\"word\":\"c\\u00e9\",\"only\":16777217}\n";
  CHECK(Csv(Convert({{"t", csv}}).dataset) ==
        Csv(Convert({{"t", json}}).dataset));
}

TEST_CASE("all escapes of JSON are resolved") {
  CHECK(JsonRows(R"({"a\u002fb": "\"\\\/\b\f\n\r\t\u20AC\uD834\udd1e"})") ==
        "\"\\/\b\f\n\r\t\xe2\x82\xac\xf0\x9d\x84\x9e\n");
  CHECK(Csv(Convert({{"t", R"({"a\u002fb":"x"})"}}).dataset)
            .starts_with("id,a/b\n"));
}

TEST_CASE("texts stay texts, whatever they look like") {
  const Converted made = Convert(
      {{"t",
        "{\"zip\":\"01067\",\"mark\":\"NA\",\"mixed\":\"5\",\"n\":null}\n"
        "{\"zip\":\"1067\",\"mark\":\"?\",\"mixed\":6,\"n\":null}\n"}});
  CHECK(Csv(made.dataset) ==
        "id,mixed,n,zip,mark\n0,5,,01067,NA\n1,6,,1067,?\n");
  ConvertOptions options;
  options.missing = {"NA", "6"};
  options.type = {"zip=number"};
  CHECK(Csv(Convert({{"t",
                      "{\"zip\":\"01067\",\"mark\":\"NA\",\"mixed\":5}\n"
                      "{\"zip\":\"2\",\"mark\":\"b\",\"mixed\":6.0}\n"}},
                    options)
                .dataset) == "id,zip,mixed,mark\n0,1067,5,\n1,2,,b\n");
}

TEST_CASE("texts that are all numbers are warned of, but for codes") {
  const Converted made = Convert({{"t",
                                   "{\"price\":\"12.5\",\"zip\":\"01067\"}\n"
                                   "{\"price\":\"7\",\"zip\":\"10115\"}\n"}});
  CHECK(made.warnings ==
        "column 'price': all its texts are numbers, such as '7', and are taken "
        "for words; --type price=number reads numbers\n");
}

TEST_CASE("numbers are kept or refused as those of other tables") {
  CHECK(Csv(Convert({{"t",
                      "{\"x\":0.1234567890123456}\n"
                      "{\"x\":9007199254740992}\n{\"x\":-0.0}\n"}})
                .dataset) ==
        "id,x\n0,0.1234567890123456\n1,9007199254740992\n2,-0\n");
  const auto error = [](const char* text) {
    return ErrorOf([&] { Convert({{"t", text}}); });
  };
  CHECK(error("{\"x\":1}\n{\"x\":1e999}\n") ==
        "65: t:2: column 'x': '1e999' is beyond the range of double precision, "
        "1.8e308 (list it under --missing, or declare --type x=category)");
  CHECK(error("{\"x\":9007199254740993}\n")
            .starts_with("65: t:1: column 'x': '9007199254740993' has more "
                         "digits than double precision holds"));
  CHECK(error("{\"x\":1}\n{\"x\":2}\n{\"x\":\"n/a\"}\n")
            .starts_with("65: t:3: column 'x': 'n/a' is not a number"));
}

TEST_CASE("lists of labels become cells that list labels") {
  CHECK(JsonRows("{\"t\": [ \"red\", \"dark \\u0062lue\" ], \"n\": [1 ,2]}\n"
                 "{\"t\": [], \"n\": [-3.5]}\n") ==
        "[\"red\",\"dark blue\"]|[1,2]\n[]|[-3.5]\n");
}

TEST_CASE("what no cell holds is refused by the name of its column") {
  CHECK(Refusal("{\"a\":1}\n{\"a\":{\"b\":1}}\n") ==
        "65: table:2: column 'a' is an object (cells are numbers, texts and "
        "lists of them; give its values names of their own, as "
        "pandas.json_normalize does)");
  for (const char* list : {"[[1]]", "[{}]", "[null]", "[true]"}) {
    CHECK(Refusal(Str("{\"a\":", list, "}"))
              .starts_with("65: table:1: column 'a' is a list of what is no "
                           "number and no text (lists hold"));
  }
  for (const char* text : {"", "x,y"}) {
    CHECK(Refusal(Str("{\"a\":[\"", text, "\"]}"))
              .starts_with(Str("65: table:1: column 'a' is a list with the "
                               "text '",
                               text, "'")));
  }
  CHECK(Refusal("{\"a\":1,\"b\":2,\"a\":3}") ==
        "65: table:1: the name 'a' comes twice (a row has each name once)");
  CHECK(Refusal("{\"\":1}").starts_with("65: table:1: a name is empty"));
  CHECK(Refusal("{}\n{}\n").starts_with("65: table: no columns"));
  CHECK(Refusal("[1,2]\n") ==
        "65: table:1: a row is a list (a row is an object of names and values, "
        "{\"age\": 30})");
}

TEST_CASE("what is no JSON is refused with its line") {
  for (const char* word :
       {"NaN", "Infinity", "-Infinity", "01", "1.", ".5", "+1", "1e", "0x1",
        "'a'", "undefined", "1.5x", "-"}) {
    CAPTURE(word);
    CHECK(Refusal(Str("{\"a\":1}\n{\"a\": ", word, " }\n"))
              .starts_with(Str("65: table:2: column 'a' '", word,
                               "' is no JSON (a missing value is null")));
  }
  const auto broken = [](std::string_view row) {
    const std::string error = Refusal(Str("{\"a\":1}\n\n", row, "\n"));
    CAPTURE(row);
    CHECK(error.starts_with("65: table:3: "));
    return error;
  };
  CHECK(broken("{\"a\":1") ==
        "65: table:3: the object is cut: ',' or '}' is missing (a row is one "
        "object on one line: jq -c . FILE writes objects so)");
  CHECK(broken("{\"a\":1}}").find("byte 8 of the line is '}'") !=
        std::string::npos);
  for (const char* row : {"{",
                          "{\"",
                          "{\"a",
                          "{\"a\"",
                          "{\"a\":",
                          "{\"a\":}",
                          "{\"a\" 1}",
                          "{\"a\":1,}",
                          "{,}",
                          "{a:1}",
                          "{\"a\":tru}",
                          "{\"a\":nulll}",
                          "{\"a\":\"x}",
                          "{\"a\":[1}",
                          "{\"a\":[1,]}",
                          "{\"a\":[",
                          "{\"a\":1} x",
                          "{\"a\":1}{\"a\":2}",
                          "{\"a\":\"\\x\"}",
                          "{\"a\":\"\\u12g4\"}",
                          "{\"a\":\"\\u12",
                          "{\"a\":\"\\",
                          "{\"a\":\"a\tb\"}",
                          "{\"a\":\"\\ud83d\"}",
                          "{\"a\":\"\\ud83d\\u0041\"}",
                          "{\"a\":\"\\ude00\"}",
                          "{\"\\ud83d\":1}",
                          "1",
                          "\"a\"",
                          "null",
                          "x"}) {
    broken(row);
  }
}

TEST_CASE("JSON of several lines is refused with a way to write rows") {
  const auto error = [](const char* text) {
    return ErrorOf([&] { Convert({{"t", text}}); });
  };
  CHECK(error("{\n  \"a\": 1\n}\n") ==
        "65: t:1: the object is cut: a name in quotes is missing (a row is one "
        "object on one line: jq -c . FILE writes objects so)");
  CHECK(error("[{\"a\":1}]") ==
        "65: t: this is a JSON list, not a text table (write one object a "
        "line: jq -c '.[]' FILE >FILE.jsonl)");
}

TEST_CASE("files of other names are one table; flags of CSV are refused") {
  const Converted made =
      Convert({{"train=a", "{\"x\":1,\"y\":\"u\"}\n{\"x\":2,\"z\":\"7\"}\n"},
               {"test=b", "{\"w\":5,\"x\":3}\n"}});
  CHECK(Csv(made.dataset) ==
        "id,x,w,y,z,split\n0,1,,u,,train\n1,2,,,7,train\n2,3,5,,,test\n");
  CHECK(made.warnings.find("a has no column 'w'") != std::string::npos);
  CHECK(made.warnings.find("b has no columns 'y', 'z': their cells") !=
        std::string::npos);
  ConvertOptions options;
  options.decimal = ",";
  CHECK(ErrorOf([&] {
          Convert({{"t", kTable}}, options);
        }).starts_with("2: --decimal has no effect on jsonl"));
  // One that a model's texts had says nothing of these.
  options.remembered = {"decimal"};
  CHECK(Csv(Convert({{"t", "{\"x\":1.5}\n"}}, options).dataset) ==
        "id,x\n0,1.5\n");
}

TEST_CASE("names that are values are refused, before rows times columns") {
  std::string text;
  for (int i = 0; i < 30000; ++i) text += Str("{\"user", i, "\":1}\n");
  CHECK(ErrorOf([&] {
          Convert({{"t", text}});
        }).find("names are those of columns, not values") != std::string::npos);
  TextOptions options;
  options.most_columns = 2;
  CHECK(ErrorOf([&] { Rows("{\"a\":1,\"b\":2,\"c\":3}", "jsonl", options); }) ==
        "65: table:1: more than 2 columns, which a table of --max-size may not "
        "have (raise --max-size)");
}

TEST_CASE("JSON lines have no header that a row could be") {
  CHECK(Convert({{"t.jsonl", "{\"a\":\"x\",\"b\":\"y\"}\n"}}).warnings == "");
}

// Up to three marks of JSON changed, left out or put in, by the number.
std::string Mutant(std::string text, Index number) {
  const Rng random(1, RandomPurpose::kTest);
  Index draws = 0;
  const auto draw = [&](std::size_t bound) {
    return static_cast<std::size_t>(random.Below(number, draws++, bound));
  };
  constexpr std::string_view kMarks = "{}[]\",:\\u0e-.\n \x01\xff\xd8ntf1";
  for (std::size_t left = 1 + draw(3); left > 0; --left) {
    const std::size_t at = draw(text.size());
    const char mark = kMarks[draw(kMarks.size())];
    switch (draw(3)) {
      case 0:
        text[at] = mark;
        break;
      case 1:
        text.erase(at, 1 + draw(5));
        break;
      default:
        text.insert(at, 1, mark);
    }
  }
  return text;
}

TEST_CASE("damaged JSON lines are refused or read, and never crash") {
  for (Index number = 0; number < Campaign(300, 10000); ++number) {
    for (const std::string& bytes :
         {Mutant(kTable, number), Damage(kTable, 0, number)}) {
      CAPTURE(bytes);
      const std::string error = ErrorOf([&] { Encode(bytes); });
      // "Id" beside "id" is for the user to decide.
      CHECK((error.empty() || error.starts_with("65: ") ||
             error.starts_with("2: two columns of type id")));
    }
  }
}

}  // namespace
}  // namespace mtlkit
