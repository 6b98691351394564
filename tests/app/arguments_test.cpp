#include "app/arguments.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

// Everything that was found, as one line.
std::string Sorted(const std::vector<std::string>& arguments) {
  const std::vector<FlagSyntax> flags = {{"rate", "r", 1},
                                         {"rename", "", 3},
                                         {"quiet", "q", 0},
                                         {"verbose", "v", 0}};
  std::string line;
  try {
    const Arguments found = SplitArguments(arguments, flags);
    for (std::size_t i = 0; i < flags.size(); ++i) {
      if (found.counts[i] == 0) continue;
      line += Str(flags[i].name, found.counts[i]);
      if (flags[i].values > 0) line += "[" + Join(found.values[i], "|") + "]";
      line += " ";
    }
    line += "(" + Join(found.operands, "|") + ")";
    if (!found.unknown.empty()) line += " ?" + Join(found.unknown, "|");
  } catch (const Error& error) {
    line = Str(error.exit_code(), " ", error.what());
  }
  return line;
}

TEST_CASE("flags and operands may be mixed in any order") {
  CHECK(Sorted({"a", "--rate", "1", "b"}) == "rate1[1] (a|b)");
  CHECK(Sorted({"--quiet", "a", "-r1", "-r", "2"}) == "rate2[1|2] quiet1 (a)");
  CHECK(Sorted({"-vvq"}) == "quiet1 verbose2 ()");
  CHECK(Sorted({}) == "()");
}

TEST_CASE("values may begin with a dash, hold anything, and be empty") {
  CHECK(Sorted({"--rate", "-1"}) == "rate1[-1] ()");
  CHECK(Sorted({"--rate=-1"}) == "rate1[-1] ()");
  CHECK(Sorted({"--rate=", "a"}) == "rate1[] (a)");
  CHECK(Sorted({"--rate", "", "a"}) == "rate1[] (a)");
  CHECK(Sorted({"--rate", "[a,b]"}) == "rate1[[a,b]] ()");
  CHECK(Sorted({"--rate", "a=b=c"}) == "rate1[a=b=c] ()");
  CHECK(Sorted({"--rate=a=b"}) == "rate1[a=b] ()");
  CHECK(Sorted({"--rate", "{}"}) == "rate1[{}] ()");
  CHECK(Sorted({"--rate", "?,NA"}) == "rate1[?,NA] ()");
}

TEST_CASE("a flag of three values takes three each time and no operand") {
  CHECK(Sorted({"--rename", "a", "b", "c", "x", "--rename", "d", "e", "f"}) ==
        "rename2[a|b|c|d|e|f] (x)");
  CHECK(Sorted({"--rename", "income", "<=50K.", "<=50K", "-v"}) ==
        "rename1[income|<=50K.|<=50K] verbose1 ()");
}

TEST_CASE("a dash is an operand, and all is after two") {
  CHECK(Sorted({"-", "--rate", "-"}) == "rate1[-] (-)");
  CHECK(Sorted({"--", "--rate", "-v", "x="}) == "(--rate|-v|x=)");
  CHECK(Sorted({"train=a.csv"}) == "(train=a.csv)");
}

TEST_CASE("unknown flags are kept as written") {
  CHECK(Sorted({"--rat", "1", "a"}) == "(1|a) ?--rat");
  CHECK(Sorted({"--rat=1"}) == "() ?--rat=1");
  CHECK(Sorted({"-x"}) == "() ?-x");
}

TEST_CASE("a flag that lacks its value is named") {
  CHECK(Sorted({"--rate"}) == "2 --rate needs a value");
  CHECK(Sorted({"a", "-r"}) == "2 -r needs a value");
  CHECK(Sorted({"--rename", "a", "b"}) == "2 --rename needs 3 values");
}

}  // namespace
}  // namespace mtlkit
