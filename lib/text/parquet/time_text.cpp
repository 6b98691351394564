#include "text/parquet/time_text.h"

#include <array>
#include <cstdio>

#include "base/calendar.h"
#include "text/parquet/damage.h"

namespace mtlkit {
namespace {

constexpr std::int64_t kFirstJulianDay = 2440588;

// Units of a second.
std::int64_t UnitsOf(Index second_digits) {
  return second_digits == 3 ? 1000 : second_digits == 6 ? 1000000 : 1000000000;
}

// A number as whole days, rounded down, and what is beyond them.
struct DaysAndUnits {
  std::int64_t days = 0;
  std::int64_t units = 0;
};

DaysAndUnits Divided(std::int64_t units, std::int64_t per_day) {
  const std::int64_t rest = units % per_day;
  return rest < 0 ? DaysAndUnits{units / per_day - 1, rest + per_day}
                  : DaysAndUnits{units / per_day, rest};
}

template <class... Numbers>
std::string Printed(const char* format, Numbers... numbers) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, numbers...);
  return text.data();
}

// `units` within a day.
std::string ClockText(std::int64_t units, Index second_digits) {
  const std::int64_t per_second = UnitsOf(second_digits);
  const auto seconds = static_cast<int>(units / per_second);
  std::string text = Printed("%02d:%02d:%02d", seconds / 3600,
                             seconds / 60 % 60, seconds % 60);
  if (units % per_second == 0) return text;
  text += Printed(".%0*lld", static_cast<int>(second_digits),
                  static_cast<long long>(units % per_second));
  while (text.back() == '0') text.pop_back();
  return text;
}

// `units` since a day that is so many days after 1970-01-01.
std::string MomentText(std::int64_t days, std::int64_t units,
                       Index second_digits) {
  const DaysAndUnits at =
      Divided(units, kSecondsOfDay * UnitsOf(second_digits));
  return DayText(days + at.days) + "T" + ClockText(at.units, second_digits);
}

}  // namespace

std::string DayText(std::int64_t days) {
  const CalendarDate date = DateOf(days);
  return Printed("%04lld-%02d-%02d", static_cast<long long>(date.year),
                 date.month, date.day);
}

std::string TimestampText(std::int64_t units, Index second_digits) {
  return MomentText(0, units, second_digits);
}

std::string JulianText(std::int64_t nanoseconds, std::int64_t julian_day) {
  return MomentText(julian_day - kFirstJulianDay, nanoseconds, 9);
}

std::string TimeOfDayText(std::int64_t units, Index second_digits) {
  if (units < 0 || units >= kSecondsOfDay * UnitsOf(second_digits)) {
    FailDamagedPage("a time of day is beyond a day");
  }
  return ClockText(units, second_digits);
}

}  // namespace mtlkit
