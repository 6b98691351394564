#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mtlkit {

// How a date, or a date and a time, is written: as in ISO 8601, or as a format
// of strptime says. Knows no locale: names of months and days are English, in
// full or of three letters, in any case. Any number of threads may share it.
//
//   %Y four digits  %y two, 69 is 1969 and 68 is 2068  %m %d %j (day of year)
//   %b %B month     %a %A day of week, passed over     %H %M %S
//   %I %p hour of twelve and AM or PM                  %f fraction of a second
//   %z Z, +hh, +hhmm or +hh:mm                         %Z UTC, GMT or Z
//   %s seconds since 1970   %F is %Y-%m-%d   %T is %H:%M:%S   %R is %H:%M
//   %% and all else stands for itself, blanks for some blanks
class DateFormat {
 public:
  // "": the forms of ISO 8601 (YYYY-MM-DD, YYYY-MM or YYYYMMDD; behind T or
  // blanks HH:MM, with :SS and a fraction or without, or HHMM, HHMMSS; Z or
  // +hh:mm). Throws kUsage for a conversion that it does not know, and for a
  // format without a year.
  explicit DateFormat(std::string_view format = "");

  // Seconds since 1970-01-01 00:00, of UTC where an offset is written, else of
  // whatever clock it was. False for text that is no such date. `is_exact`:
  // whether DateText writes the same time again, which it does not where it is
  // finer than microseconds, or than double precision holds.
  bool Parse(std::string_view text, double* seconds,
             bool* is_exact = nullptr) const;

  // As --type has it: "date" or "date:%d.%m.%Y".
  std::string TypeName() const;

 private:
  std::string format_;    // as given
  std::string expanded_;  // without %F, %T and %R
};

// The ways in which dates are often written that read all `texts`, at most two
// (day and month may be exchanged).
std::vector<DateFormat> UsualDateFormats(const std::vector<std::string>& texts);

// "2020-01-31", or with `has_time` "2020-01-31T12:00:00.5". Digits of the
// fraction are as many as needed, up to six.
std::string DateText(double seconds, bool has_time);

}  // namespace mtlkit
