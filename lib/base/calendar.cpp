#include "base/calendar.h"

#include <cmath>

namespace mtlkit {
namespace {

constexpr std::int64_t kDaysOfEra = 146097;  // 400 years
// From 0000-03-01, with which an era begins, to 1970-01-01.
constexpr std::int64_t kDaysTo1970 = 719468;

std::int64_t DividedDown(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

bool IsLeap(std::int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

}  // namespace

bool IsDate(std::int64_t year, int month, int day) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= kDays[month - 1] + (month == 2 && IsLeap(year) ? 1 : 0);
}

std::int64_t DaysOf(std::int64_t year, int month, int day) {
  if (month <= 2) --year;
  const std::int64_t era = DividedDown(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const int month_from_march = month > 2 ? month - 3 : month + 9;
  const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * kDaysOfEra + day_of_era - kDaysTo1970;
}

bool CanBeSeconds(double number) {
  constexpr double kMost = 0x1p63 / 1e9;
  return !(std::abs(number) > kMost);  // NaN is no number
}

CalendarDate DateOf(std::int64_t days) {
  const std::int64_t from_march = days + kDaysTo1970;
  const std::int64_t era = DividedDown(from_march, kDaysOfEra);
  const std::int64_t day_of_era = from_march - era * kDaysOfEra;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 +
                                    day_of_era / 36524 - day_of_era / 146096) /
                                   365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month = (5 * day_of_year + 2) / 153;  // 0: March
  CalendarDate date;
  date.day = static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1);
  date.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  date.year = era * 400 + year_of_era + (month < 10 ? 0 : 1);
  const std::int64_t from_monday = days + 3;  // 1970-01-01 was a Thursday
  date.weekday =
      static_cast<int>(from_monday - DividedDown(from_monday, 7) * 7) + 1;
  return date;
}

}  // namespace mtlkit
