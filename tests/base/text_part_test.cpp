#include "base/text_part.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>

namespace mtlkit {
namespace {

template <class T>
std::string Streamed(T value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

TEST_CASE("parts of any type follow each other") {
  const std::string row = "row";
  const std::string_view end = "cells";
  CHECK(Str() == "");
  CHECK(Str(row, ' ', 3, " has ", std::size_t{2}, ' ', end) ==
        "row 3 has 2 cells");
  CHECK(Str(std::string("a\0b", 3)).size() == 3);
  CHECK(Str(true, false) == "10");
}

TEST_CASE("numbers are written as a stream writes them") {
  for (const double value :
       {0.0, -0.0, 1.0, 0.1, 1.0 / 3, 123456.7, 1234567.0, 1e-5, -2.5e300,
        std::numeric_limits<double>::infinity(),
        std::numeric_limits<double>::quiet_NaN()}) {
    CAPTURE(value);
    CHECK(Str(value) == Streamed(value));
    CHECK(Str(static_cast<float>(value)) ==
          Streamed(static_cast<float>(value)));
  }
  for (const std::int64_t value :
       {std::int64_t{0}, std::numeric_limits<std::int64_t>::min(),
        std::numeric_limits<std::int64_t>::max()}) {
    CHECK(Str(value) == Streamed(value));
    CHECK(Str(static_cast<std::uint64_t>(value)) ==
          Streamed(static_cast<std::uint64_t>(value)));
  }
}

}  // namespace
}  // namespace mtlkit
