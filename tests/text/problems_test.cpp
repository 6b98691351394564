// Several columns are at fault: one run says all.
#include <doctest/doctest.h>

#include "base/error.h"
#include "text/format_fixture.h"

namespace mtlkit {
namespace {

TEST_CASE("all columns that cannot be read are named at once") {
  CHECK(ErrorOf([] {
          Convert({{"t.csv",
                    "a,b,c\n1,2,3\nx,2,3\n2,2,3\n3,y,99999999999999999999\n"}});
        }) ==
        "65: t.csv:3: column 'a': 'x' is not a number (declare --type "
        "a=category, or list it under --missing); t.csv:5: column 'b': 'y' is "
        "not a number (declare --type b=category, or list it under --missing); "
        "t.csv:5: column 'c': '99999999999999999999' has more digits than "
        "double precision holds, it would become 100000000000000000000 (--type "
        "c=category keeps them apart (id: as names of the rows), --type "
        "c=number rounds)");
}

TEST_CASE("of very many columns the first are named") {
  std::string text;
  for (int row = 0; row < 4; ++row) {
    for (int col = 0; col < 20; ++col) {
      text += Str(row == 0   ? Str("c", col)
                  : row == 2 ? "x"
                             : "1",
                  col < 19 ? "," : "\n");
    }
  }
  const std::string said = ErrorOf([&] { Convert({{"t.csv", text}}); });
  CHECK(said.find("column 'c7'") != std::string::npos);
  CHECK(said.find("column 'c8'") == std::string::npos);
  CHECK(said.find("; and 12 more (declare --type c7=category") !=
        std::string::npos);
}

TEST_CASE("all columns that single precision cannot hold are named at once") {
  ConvertOptions options;
  options.precision = "single";
  const std::string said = ErrorOf([&] {
    Convert({{"t.csv", "a,b\n1e39,1\n2,-1e300\n"}}, options);
  });
  CHECK(said.starts_with("65: t.csv:2: column 'a': '1e39' is too large"));
  CHECK(said.find("; t.csv:3: column 'b': '-1e300' is too large") !=
        std::string::npos);
}

}  // namespace
}  // namespace mtlkit
