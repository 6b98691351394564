#include "base/error.h"

#include <doctest/doctest.h>

#include <string>

namespace mtlkit {
namespace {

TEST_CASE("an error says where it happened, from the outside in") {
  std::string text;
  int code = 0;
  try {
    InContext("adult.csv", [] {
      InContext("column 'age'", [] {
        Require(false, ErrorKind::kBadInput, "'thirty' is not a number",
                "declare --type age=category");
      });
    });
  } catch (const Error& error) {
    text = error.what();
    code = error.exit_code();
  }
  CHECK(text ==
        "adult.csv: column 'age': 'thirty' is not a number (declare --type "
        "age=category)");
  CHECK(code == 65);
}

TEST_CASE("a message without a hint has no brackets") {
  CHECK(std::string(Error(ErrorKind::kIo, "disk full").what()) == "disk full");
}

TEST_CASE("work in a context gives its value through") {
  CHECK(InContext("here", [] { return 3; }) == 3);
}

}  // namespace
}  // namespace mtlkit
