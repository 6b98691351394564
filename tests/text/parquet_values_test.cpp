// Parts of Parquet's encodings by hand.

#include <doctest/doctest.h>

#include <limits>

#include "text/format_fixture.h"
#include "text/parquet/bit_runs.h"
#include "text/parquet/decimal_text.h"
#include "text/parquet/delta_numbers.h"
#include "text/parquet/snappy.h"
#include "text/parquet/time_text.h"

namespace mtlkit {
namespace {

using std::string_view_literals::operator""sv;

TEST_CASE("runs of equal numbers and packed ones follow each other") {
  // Encodings.md: 0 to 7 in 3 bits each is 88 c6 fa.
  BitRuns runs("\x06\x05\x03\x88\xc6\xfa"sv, 3);
  std::string seen;
  for (int i = 0; i < 11; ++i) seen += static_cast<char>('0' + runs.Next());
  CHECK(seen == "55501234567");
  CHECK(ErrorOf([&] { runs.Next(); }).find("a page is damaged") !=
        std::string::npos);
  // Numbers without bits are 0.
  CHECK(BitRuns("\x02"sv, 0).Next() == 0);
}

TEST_CASE("bits are found at any place and of any width") {
  const auto bytes = "\xff\x00\xff\x00\xff\x00\xff\x00\xff\x01"sv;
  CHECK(BitsAt(bytes, 4, 8) == 0x0f);
  CHECK(BitsAt(bytes, 8, 64) == 0xff00ff00ff00ff00);
  CHECK(BitsAt(bytes, 12, 64) == 0x1ff00ff00ff00ff0);
  CHECK(BitsAt(bytes, 79, 8) == 0);
}

TEST_CASE("differences are added up, also beyond 64 bits") {
  // Encodings.md: 1 2 3 4 5 is a head and one block of least difference 1; of
  // blocks of 8 here, whose miniblock has no bits.
  DeltaNumbers numbers("\x08\x01\x05\x02\x02\x00more"sv);
  std::string seen;
  for (int i = 0; i < 5; ++i) seen += static_cast<char>('0' + numbers.Next());
  CHECK(seen == "12345");
  CHECK(DeltaNumbers("\x08\x01\x05\x02\x02\x00more"sv).Behind() == "more");
  CHECK(ErrorOf([&] { numbers.Next(); }).find("too few values") !=
        std::string::npos);
  // The least number less one is the largest.
  DeltaNumbers around(
      "\x08\x01\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x01\x00"sv);
  CHECK(around.Next() == std::numeric_limits<std::int64_t>::min());
  CHECK(around.Next() == std::numeric_limits<std::int64_t>::max());
}

TEST_CASE("Snappy's literals and copies unpack, overlapping ones too") {
  // "ab", then 9 bytes from 2 before.
  CHECK(UnpackSnappy("\x0b\x04"
                     "ab\x15\x02"sv,
                     11) == "abababababa");
  // A copy with a distance of two bytes, and of four.
  CHECK(UnpackSnappy("\x06\x04"
                     "ab\x06\x02\x00\x07\x02\x00\x00\x00"sv,
                     6) == "ababab");
  for (const auto& [packed, size] :
       {std::pair("\x0b\x04"
                  "ab\x15\x02"sv,
                  12),
        std::pair("\x0c\x04"
                  "ab\x15\x02"sv,
                  12),
        std::pair("\x0b\x04"
                  "ab\x15\x03"sv,
                  11),
        std::pair("\x0b\x04"
                  "ab\x15\x00"sv,
                  11),
        std::pair("\x0b\xf4"
                  "ab"sv,
                  11),
        std::pair("\xff\xff\xff\x7f\x00"sv, 0x0fffffff)}) {
    CHECK(ErrorOf([&, p = packed, s = size] {
            UnpackSnappy(p, static_cast<std::size_t>(s));
          }).find("a page is damaged") != std::string::npos);
  }
}

TEST_CASE("decimal numbers have all their digits") {
  CHECK(DecimalText("", 0) == "0");
  CHECK(DecimalText("", 2) == "0.00");
  CHECK(DecimalText("\x05"sv, 3) == "0.005");
  CHECK(DecimalText("\x80"sv, 0) == "-128");
  CHECK(DecimalText("\xff\x85"sv, 1) == "-12.3");
  CHECK(DecimalText("\x7f\xff\xff\xff\xff\xff\xff\xff\xff"sv, 0) ==
        "2361183241434822606847");
  CHECK(DecimalText("\x80\x00\x00\x00\x00\x00\x00\x00\x00"sv, 5) ==
        "-23611832414348226.06848");
}

TEST_CASE("times are exact in any unit") {
  CHECK(DayText(0) == "1970-01-01");
  CHECK(DayText(-719162) == "0001-01-01");
  CHECK(TimestampText(-1, 9) == "1969-12-31T23:59:59.999999999");
  CHECK(TimestampText(1500, 3) == "1970-01-01T00:00:01.5");
  CHECK(TimestampText(std::numeric_limits<std::int64_t>::min(), 9) ==
        "1677-09-21T00:12:43.145224192");
  CHECK(TimestampText(std::numeric_limits<std::int64_t>::max(), 3) ==
        "292278994-08-17T07:12:55.807");
  CHECK(JulianText(1, 2440589) == "1970-01-02T00:00:00.000000001");
  CHECK(TimeOfDayText(86399999, 3) == "23:59:59.999");
  CHECK(ErrorOf([] { TimeOfDayText(86400000, 3); }) != "");
}

}  // namespace
}  // namespace mtlkit
