#include "base/calendar.h"

#include <doctest/doctest.h>

#include <cmath>

namespace mtlkit {
namespace {

TEST_CASE("days have the dates and days of the week that calendars show") {
  const CalendarDate leap = DateOf(18321);
  CHECK(leap.year == 2020);
  CHECK(leap.month == 2);
  CHECK(leap.day == 29);
  CHECK(leap.weekday == 6);
  CHECK(DateOf(0).weekday == 4);
  CHECK(DateOf(-1).weekday == 3);
  CHECK(DateOf(-1).year == 1969);
  CHECK(DaysOf(2000, 1, 1) == 10957);
  CHECK(DaysOf(1, 1, 1) == -719162);
  CHECK(DaysOf(9999, 12, 31) == 2932896);
}

TEST_CASE("each day comes behind the one before and leads back to itself") {
  CalendarDate before = DateOf(-1000001);
  for (std::int64_t day = -1000000; day <= 1000000; ++day) {
    const CalendarDate date = DateOf(day);
    const bool is_next =
        date.day == before.day + 1 ||
        (date.day == 1 && date.month == before.month + 1) ||
        (date.day == 1 && date.month == 1 && date.year == before.year + 1);
    const bool is_whole = IsDate(date.year, date.month, date.day) &&
                          DaysOf(date.year, date.month, date.day) == day &&
                          date.weekday == before.weekday % 7 + 1;
    if (!is_next || !is_whole) {
      CAPTURE(day);
      REQUIRE(is_next);
      REQUIRE(is_whole);
    }
    before = date;
  }
}

TEST_CASE("days that no calendar has are none") {
  CHECK(IsDate(2000, 2, 29));
  CHECK_FALSE(IsDate(1900, 2, 29));
  CHECK_FALSE(IsDate(2021, 2, 29));
  CHECK_FALSE(IsDate(2021, 4, 31));
  CHECK_FALSE(IsDate(2021, 0, 1));
  CHECK_FALSE(IsDate(2021, 13, 1));
  CHECK_FALSE(IsDate(2021, 1, 0));
}

TEST_CASE("numbers beyond what nanoseconds reach are no seconds") {
  CHECK(CanBeSeconds(0));
  CHECK(CanBeSeconds(9223372036));
  CHECK(CanBeSeconds(-9223372036));
  CHECK_FALSE(CanBeSeconds(9223372037));
  CHECK_FALSE(CanBeSeconds(-9223372037));
  CHECK(CanBeSeconds(std::nan("")));
}

}  // namespace
}  // namespace mtlkit
