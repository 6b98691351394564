#include "base/size_budget.h"

#include <doctest/doctest.h>

#include "base/error.h"

namespace mtlkit {
namespace {

std::string MessageOf(const std::string& text, double bytes) {
  try {
    SizeBudget(text).Require(bytes, "8000 columns", "--ignore them");
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST_CASE("sizes are numbers of bytes, or of powers of 1024") {
  CHECK(SizeBudget("1000").bytes() == 1000.0);
  CHECK(SizeBudget("1.5k").bytes() == 1536.0);
  CHECK(SizeBudget("8G").bytes() == 8589934592.0);
  CHECK(MessageOf("8x", 1) ==
        "--max-size 8x is not a size (for example 8g, 500m or a number of "
        "bytes)");
  CHECK(MessageOf("-1g", 1).find("is not a size") != std::string::npos);
  CHECK(MessageOf("inf", 1).find("is not a size") != std::string::npos);
}

TEST_CASE("what is larger is refused with its cause and the way out") {
  CHECK(MessageOf("1k", 1024) == "no error");
  CHECK(MessageOf("1k", 3.5 * 1024 * 1024) ==
        "8000 columns would take 3.5 MB, more than the 1.0 KB of --max-size "
        "(--ignore them, or raise --max-size)");
}

}  // namespace
}  // namespace mtlkit
