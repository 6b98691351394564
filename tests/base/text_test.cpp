#include "base/text.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/name_said.h"
#include "base/rng.h"

namespace mtlkit {
namespace {

TEST_CASE("split and join are each other's inverse, empty parts included") {
  CHECK(Split("a,,b", ',') == std::vector<std::string>{"a", "", "b"});
  CHECK(Split("a,", ',') == std::vector<std::string>{"a", ""});
  CHECK(Split("", ',').empty());
  CHECK(Join(Split(",a,,b,", ','), ",") == ",a,,b,");
  CHECK(Join({}, ",") == "");
}

TEST_CASE("names stand between commas and may hold some") {
  CHECK(SplitNames("a,b\\, c,") == std::vector<std::string>{"a", "b, c", ""});
  CHECK(SplitNames("").empty());
  const std::vector<std::string> names = {"a, 1", "b\\, 2", "b, 2", "c"};
  CHECK(NameSaid("a, 1", names) == "a, 1");
  CHECK(NameSaid("a\\, 1", names) == "a, 1");
  CHECK(NameSaid("b\\, 2", names) == "b\\, 2");  // as it is comes first
  CHECK(NameSaid("d\\, 1", names) == "d\\, 1");
  CHECK(SplitNames(NameInList("x,y\\z")) == std::vector<std::string>{"x,y\\z"});
}

TEST_CASE("an ending counts in small and capital letters") {
  CHECK(HasEnding("a.CSV", ".csv"));
  CHECK(HasEnding(".csv", ".csv"));
  CHECK_FALSE(HasEnding("csv", ".csv"));
  CHECK_FALSE(HasEnding("a.csv.h5", ".csv"));
}

TEST_CASE("blanks round a text are trimmed, inner ones stay") {
  CHECK(Trim(" \t a b\r\n") == "a b");
  CHECK(Trim(" \n") == "");
}

TEST_CASE("a number is read only if it is the whole text") {
  double value = 7;
  CHECK(ParseNumber("-1.5e3", &value));
  CHECK(value == -1500);
  CHECK(ParseNumber("+2", &value));
  CHECK(value == 2);
  for (const char* text :
       {"", "+", "+-2", "-+2", "1 ", " 1", "1x", "0x10", "1,5", "thirty"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseNumber(text, &value));
    CHECK(value == 2);
  }
  long long whole = 7;
  CHECK(ParseInteger("-12", &whole));
  CHECK(whole == -12);
  CHECK_FALSE(ParseInteger("1.0", &whole));
  CHECK_FALSE(ParseInteger("9223372036854775808", &whole));
}

TEST_CASE("a formatted number is short and reads back as the same bits") {
  CHECK(FormatNumber(0.1) == "0.1");
  CHECK(FormatNumber(0.1f) == "0.1");
  CHECK(FormatNumber(100000.0) == "100000");
  CHECK(FormatNumber(-0.0) == "-0");
  CHECK(FormatNumber(1e-7) == "1e-07");
  CHECK(FormatNumber(1e22) == "1e+22");
  const Rng rng(2, RandomPurpose::kTest);
  for (Index i = 0; i < 2000; ++i) {
    const double value = std::ldexp(
        rng.Normal(i, 0), static_cast<int>(rng.Below(i, 1, 600)) - 300);
    double back = 0;
    REQUIRE(ParseNumber(FormatNumber(value), &back));
    REQUIRE(back == value);
  }
}

TEST_CASE("a pattern matches the whole text") {
  CHECK(MatchesPattern("*", ""));
  CHECK(MatchesPattern("h*s-per-?eek", "hours-per-week"));
  CHECK(MatchesPattern("*a*b*c", "xxaybaybc"));
  CHECK(MatchesPattern("a", "a"));
  CHECK_FALSE(MatchesPattern("a", "ab"));
  CHECK_FALSE(MatchesPattern("?", ""));
  CHECK_FALSE(MatchesPattern("*a*b", "ba"));
  CHECK_FALSE(MatchesPattern("", "a"));
  CHECK(MatchesPattern("[a]", "[a]"));
}

TEST_CASE("names that are numbers come by value, before words by bytes") {
  std::vector<std::string> names = {"b", "10", "9", "a", "-1", "nan", "2.5"};
  std::sort(names.begin(), names.end(), NaturalLess);
  CHECK(Join(names, " ") == "-1 2.5 9 10 a b nan");
  CHECK(NaturalLess("1", "1.0"));
  CHECK_FALSE(NaturalLess("1.0", "1"));
  CHECK_FALSE(NaturalLess("a", "a"));
}

}  // namespace
}  // namespace mtlkit
