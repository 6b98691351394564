#pragma once

#include <cstdint>

namespace mtlkit {

// Dates of the Gregorian calendar, also before it was introduced (ISO 8601),
// and days since 1970-01-01. Computed as by Hinnant ("chrono-compatible
// low-level date algorithms", 2013).

struct CalendarDate {
  std::int64_t year = 1970;
  int month = 1;    // from 1
  int day = 1;      // from 1
  int weekday = 4;  // 1: Monday, 7: Sunday
};

constexpr std::int64_t kSecondsOfDay = 86400;

// Whether there is such a day.
bool IsDate(std::int64_t year, int month, int day);

std::int64_t DaysOf(std::int64_t year, int month, int day);

// Whether a number that nobody has called a date can be one, in seconds since
// 1970: of the years that 64 bits of nanoseconds reach, 1677 to 2262. Those
// beyond are milliseconds. NaN, which is missing, can.
bool CanBeSeconds(double number);

// Needs -10^15 < days < 10^15.
CalendarDate DateOf(std::int64_t days);

}  // namespace mtlkit
