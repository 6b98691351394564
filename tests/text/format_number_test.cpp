#include <doctest/doctest.h>

#include "text/number_text.h"

namespace mtlkit {
namespace {

bool IsNumber(std::string_view text, double expected, char decimal = '.') {
  double value = -99;
  return ParseCellNumber(text, decimal, &value) == NumberText::kNumber &&
         value == expected;
}

NumberText Kind(std::string_view text, char decimal = '.') {
  double value = 0;
  return ParseCellNumber(text, decimal, &value);
}

TEST_CASE("numbers are read to the last digit") {
  CHECK(IsNumber("0.1", 0.1));
  CHECK(IsNumber("-12.50", -12.5));
  CHECK(IsNumber("+3", 3));
  CHECK(IsNumber(".5", 0.5));
  CHECK(IsNumber("5.", 5));
  CHECK(IsNumber("1e-3", 0.001));
  CHECK(IsNumber("123456789012345678", 123456789012345678.0));
  CHECK(IsNumber("1e-400", 0));
}

TEST_CASE("text is no number") {
  for (const char* text : {"", "+", "-", "+-1", "1 2", "1,5", "0x10", "1e",
                           "thirty", "--1", "1.2.3", "$5"}) {
    CAPTURE(text);
    CHECK(Kind(text) == NumberText::kOther);
  }
}

TEST_CASE("infinity and nan are kinds of their own") {
  for (const char* text : {"inf", "-inf", "Infinity", "1e999", "-1e999"}) {
    CAPTURE(text);
    CHECK(Kind(text) == NumberText::kInfinite);
  }
  CHECK(Kind("nan") == NumberText::kNotANumber);
}

TEST_CASE("a decimal comma replaces the point") {
  CHECK(IsNumber("2,6", 2.6, ','));
  CHECK(IsNumber("-1,5e2", -150, ','));
  CHECK(IsNumber("7", 7, ','));
  CHECK(Kind("2.6", ',') == NumberText::kOther);
  CHECK(Kind("1.234,5", ',') == NumberText::kOther);
  CHECK(Kind("1,2,3", ',') == NumberText::kOther);
}

TEST_CASE("single precision keeps decimals whose digits come back") {
  CHECK(SurvivesSinglePrecision("0.1", 0.1));
  CHECK(SurvivesSinglePrecision("16777216", 16777216));
  CHECK(SurvivesSinglePrecision("0.0000001", 0.0000001));
  CHECK_FALSE(SurvivesSinglePrecision("16777217", 16777217));
  CHECK_FALSE(SurvivesSinglePrecision("1380000000.5", 1380000000.5));
  CHECK_FALSE(SurvivesSinglePrecision("0.123456789", 0.123456789));
  CHECK_FALSE(SurvivesSinglePrecision("1e39", 1e39));
  CHECK_FALSE(SurvivesSinglePrecision("1e-50", 1e-50));
}

TEST_CASE("UTF-8 is told from other bytes") {
  CHECK(IsValidUtf8("plain"));
  CHECK(IsValidUtf8("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
  CHECK_FALSE(IsValidUtf8("caf\xe9"));
  CHECK_FALSE(IsValidUtf8("\xc0\xaf"));          // overlong
  CHECK_FALSE(IsValidUtf8("\xed\xa0\x80"));      // surrogate
  CHECK_FALSE(IsValidUtf8("\xf4\x90\x80\x80"));  // above U+10FFFF
  CHECK_FALSE(IsValidUtf8("\xe2\x82"));          // cut
  CHECK_FALSE(IsValidUtf8(std::string_view("a\0b", 3)));
}

}  // namespace
}  // namespace mtlkit
