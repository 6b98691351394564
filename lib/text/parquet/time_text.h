#pragma once

#include <cstdint>
#include <string>

#include "base/view.h"

namespace mtlkit {

// Dates and times as ISO 8601 writes them, exactly: of years 0 to 9999 what
// DateFormat reads; other years have their digits and sign. `second_digits` is
// how many digits of a second one unit has: 3 of milliseconds, 6, or 9.

// "2024-03-01": days since 1970-01-01.
std::string DayText(std::int64_t days);

// "2024-03-01T08:00:00.5": units since 1970.
std::string TimestampText(std::int64_t units, Index second_digits);

// Nanoseconds of a day that is counted as astronomers do (2440588 is
// 1970-01-01), as Hive and Spark wrote them.
std::string JulianText(std::int64_t nanoseconds, std::int64_t julian_day);

// "08:00:00.5": units since midnight. Throws kBadInput beyond a day.
std::string TimeOfDayText(std::int64_t units, Index second_digits);

}  // namespace mtlkit
