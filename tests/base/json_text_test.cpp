#include "base/json_text.h"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

using Json = nlohmann::json;

TEST_CASE("a document for programs never fails and commands no terminal") {
  CHECK(JsonText(Json{{"a", "h\xc3\xb6he"}}) == "{\"a\":\"h\xc3\xb6he\"}");
  CHECK(JsonText(Json("\xc2\x9b \xe2\x80\xae \x7f")) ==
        R"("\u009b \u202e \u007f")");
  CHECK(JsonText(Json("a\xff")) == "\"a\xef\xbf\xbd\"");
}

TEST_CASE("only whole numbers in range are integers") {
  CHECK(JsonInteger(Json::parse("-7")) == -7);
  CHECK(JsonInteger(Json::parse("9223372036854775807")) == INT64_MAX);
  for (const char* text : {"9223372036854775808", "18446744073709551615", "1.0",
                           "1e300", "true", "\"1\"", "null"}) {
    CAPTURE(text);
    CHECK_FALSE(JsonInteger(Json::parse(text)).has_value());
  }
}

TEST_CASE("a small text file ends somewhere") {
  const TempFolder folder;
  std::ofstream(folder / "a") << "abc";
  CHECK(ReadTextFile(folder / "a", "", 3) == "abc");
  CHECK_THROWS_WITH_AS(ReadTextFile(folder / "a", "", 2),
                       doctest::Contains("has more than 2 bytes"), Error);
  CHECK_THROWS_WITH_AS(ReadTextFile("/dev/zero", "take another"),
                       doctest::Contains("/dev/zero: has more than"), Error);
  CHECK_THROWS_WITH_AS(ReadTextFile(folder / "none", "take another"),
                       doctest::Contains("cannot be read (take another)"),
                       Error);
  CHECK_THROWS_WITH_AS(ReadTextFile(folder / ".", "take another"),
                       doctest::Contains("is a folder, not a file"), Error);
}

}  // namespace
}  // namespace mtlkit
