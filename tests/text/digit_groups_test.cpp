// Marks between groups of digits.

#include "text/digit_groups.h"

#include <doctest/doctest.h>

#include "text/format_fixture.h"

namespace mtlkit {
namespace {

TEST_CASE("digits in groups are numbers where --thousands says so") {
  ConvertOptions options;
  options.thousands = ",";
  const std::string text =
      "c,v\nA,1292\nB,11004\nC,\"1,116,432.5\"\nD,\"-5,644\"\n\"1,2\",7\n";
  CHECK(Csv(Convert({{"t.csv", text}}, options).dataset) ==
        "id,v,c\n0,1292,A\n1,11004,B\n2,1116432.5,C\n3,-5644,D\n4,7,\"1,2\"\n");
  options.thousands = "space";
  CHECK(Csv(Convert({{"t.csv", "v;w\n1 234;1\n12\u202f345;2\n"}}, options)
                .dataset) == "id,v,w\n0,1234,1\n1,12345,2\n");
  options.thousands = ".";
  CHECK(ErrorOf([&] {
          Convert({{"t.csv", text}}, options);
        }).starts_with("2: --thousands and --decimal are both '.'"));
  options.decimal = ",";
  CHECK(Csv(Convert({{"t.csv", "v;w\n1.234,5;1\n2;2\n"}}, options).dataset) ==
        "id,v,w\n0,1234.5,1\n1,2,2\n");
}

TEST_CASE("marks between digits stay in what is no number") {
  ConvertOptions options;
  options.thousands = ".";
  options.decimal = ",";
  options.type = {"code=category", "name=id"};
  CHECK(Csv(Convert({{"t.csv",
                      "name;v;code;c\n1.001;1.234;1.234;2.345\n"
                      "1.002;2.345,5;12;A\n1.003;7;1.234;B.1\n"}},
                    options)
                .dataset) ==
        "id,v,code,c\n1.001,1234,1.234,2.345\n1.002,2345.5,12,A\n"
        "1.003,7,1.234,B.1\n");
  // Also where files have columns in another order.
  CHECK(Csv(Convert({{"train=a.csv", "name;v;code\n1.001;1.234;1.234\n"},
                     {"test=b.csv", "v;code;name\n2.345;5.678;1.002\n"}},
                    options)
                .dataset) ==
        "id,v,code,split\n1.001,1234,1.234,train\n1.002,2345,5.678,test\n");
  // Of a model's columns those of categories.
  options.type.clear();
  options.for_model = true;
  options.known[""].categories = {{"code", {"1.234"}}};
  options.known[""].numbers = {"v"};
  CHECK(Csv(Convert({{"t.csv", "v;code\n1.234;1.234\n2.345;5.678\n"}}, options)
                .dataset) == "id,v,code\n0,1234,1.234\n1,2345,5.678\n");
}

TEST_CASE("advice for digits in groups keeps their value") {
  const std::string text = "c,v\nA,1292\nB,11004\nC,\"116,432\"\nD,5644\n";
  CHECK(ErrorOf([&] {
          Convert({{"t.csv", text}});
        }) ==
        "65: t.csv:4: column 'v': '116,432' is not a number (if the comma "
        "groups its digits: --thousands ,)");
  ConvertOptions options;
  options.decimal = ",";
  CHECK(Convert({{"t.csv", text}}, options).warnings ==
        "column 'v': '116,432' in t.csv:4 has a decimal comma beside whole "
        "numbers; if it groups digits: --thousands , in place of --decimal "
        ",\n");
  CHECK(Convert({{"t.csv", text + "E,\"1,5\"\n"}}, options).warnings.empty());
  const auto warnings = [](const std::string& cells) {
    return Convert({{"t.csv", "a;b\n" + cells}}).warnings;
  };
  CHECK(warnings("1,234,567;1\n4,567;2\n") ==
        "column 'a': values like '4,567' are taken for words; if their digits "
        "are in groups: --thousands ,\n");
  CHECK(warnings("1,234;1\n4,567;2\n") ==
        "column 'a': values like '4,567' are taken for words; if their digits "
        "are in groups: --thousands ,; if the comma is their decimal sign: "
        "--decimal ,\n");
  CHECK(warnings("1.234.567;1\n1;2\n").find("--thousands . --decimal ,") !=
        std::string::npos);
  CHECK(warnings("1 234;1\n7 000;2\n").find("--thousands space") !=
        std::string::npos);
  CHECK(warnings("1,5;1\n4,567;2\n").find("thousands") == std::string::npos);
}

TEST_CASE("decimal commas with three digits each may be groups") {
  ConvertOptions options;
  options.decimal = ",";
  CHECK(Convert({{"t.csv", "v;w\n1,234;1\n12,500;2\n"}}, options).warnings ==
        "column 'v': '1,234' in t.csv:2 has a decimal comma and three digits, "
        "as all have; if it groups digits: --thousands , in place of --decimal "
        ",\n");
  CHECK(Convert({{"t.csv", "v;w\n0,234;1\n12,500;2\n"}}, options)
            .warnings.empty());
}

}  // namespace
}  // namespace mtlkit
