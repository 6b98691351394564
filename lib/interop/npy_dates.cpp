#include "interop/npy_dates.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "base/calendar.h"
#include "base/error.h"

namespace mtlkit {
namespace {

constexpr std::int64_t kMonthsOfYear = 12;

[[noreturn]] void FailDate() {
  Fail(ErrorKind::kBadInput,
       "the NumPy array holds a date outside the years 0 to 9999",
       "numpy.datetime64('NaT') stands for a missing date");
}

[[noreturn]] void FailFine() {
  Fail(ErrorKind::kBadInput,
       "the NumPy array holds a date that is finer than dates are kept",
       "round it: array.astype('datetime64[us]') or, in far years, [ms]");
}

// As of dates in text, microseconds have to come out of what is kept.
void RequireKept(std::int64_t second, std::int64_t left, std::int64_t parts,
                 double date) {
  constexpr std::int64_t kFinest = 1'000'000;
  const std::int64_t coarser = std::max<std::int64_t>(parts / kFinest, 1);
  if (left % coarser != 0) FailFine();
  const auto per_second = static_cast<double>(std::min(parts, kFinest));
  const double kept = (date - static_cast<double>(second)) * per_second;
  if (std::llround(kept) != left / coarser) FailFine();
}

std::int64_t SecondsOfMonths(std::int64_t months) {
  const std::int64_t month =
      (months % kMonthsOfYear + kMonthsOfYear) % kMonthsOfYear;  // from 0
  return kSecondsOfDay * DaysOf(1970 + (months - month) / kMonthsOfYear,
                                static_cast<int>(month) + 1, 1);
}

}  // namespace

std::optional<NpyDates> ParseNpyDates(std::string_view type) {
  constexpr std::array<std::pair<std::string_view, NpyDates>, 10> kUnits = {{
      {"M8[Y]", {.months = kMonthsOfYear}},
      {"M8[M]", {.months = 1}},
      {"M8[W]", {.seconds = 7 * kSecondsOfDay}},
      {"M8[D]", {.seconds = kSecondsOfDay}},
      {"M8[h]", {.seconds = 3600}},
      {"M8[m]", {.seconds = 60}},
      {"M8[s]", {.seconds = 1}},
      {"M8[ms]", {.parts = 1'000}},
      {"M8[us]", {.parts = 1'000'000}},
      {"M8[ns]", {.parts = 1'000'000'000}},
  }};
  for (const auto& [name, unit] : kUnits) {
    if (name == type) return unit;
  }
  return std::nullopt;
}

std::vector<double> SecondsOfDates(std::span<const std::int64_t> counts,
                                   const NpyDates& unit) {
  // More than there are in the years allowed.
  constexpr std::int64_t kMostYears = 10'000;
  const std::int64_t least = DaysOf(0, 1, 1) * kSecondsOfDay;
  const std::int64_t end = DaysOf(10'000, 1, 1) * kSecondsOfDay;
  const std::int64_t most = unit.months > 0
                                ? kMostYears * kMonthsOfYear / unit.months
                                : kMostYears * 366 * kSecondsOfDay /
                                      std::max<std::int64_t>(unit.seconds, 1);
  std::vector<double> seconds;
  seconds.reserve(counts.size());
  for (const std::int64_t count : counts) {
    if (count == std::numeric_limits<std::int64_t>::min()) {
      seconds.push_back(std::numeric_limits<double>::quiet_NaN());
      continue;
    }
    const std::int64_t parts = std::max<std::int64_t>(unit.parts, 1);
    const std::int64_t whole = count / parts;
    const std::int64_t left = count % parts;
    if (whole > most || whole < -most) FailDate();
    const std::int64_t second = unit.months > 0
                                    ? SecondsOfMonths(whole * unit.months)
                                : unit.parts > 0 ? whole
                                                 : whole * unit.seconds;
    if (second < least || second >= end || (second == least && left < 0)) {
      FailDate();
    }
    const auto per_second = static_cast<double>(parts);
    const double date =
        static_cast<double>(second) + static_cast<double>(left) / per_second;
    RequireKept(second, left, parts, date);
    seconds.push_back(date);
  }
  return seconds;
}

}  // namespace mtlkit
