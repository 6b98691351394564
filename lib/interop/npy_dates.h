#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace mtlkit {

// What NumPy counts dates in (datetime64), from 1970 on: one of the three.
struct NpyDates {
  std::int64_t months = 0;   // of a unit
  std::int64_t seconds = 0;  // of a unit
  std::int64_t parts = 0;    // units of a second
};

// Of "M8[ns]"; none for other units than years, months, weeks, days, hours,
// minutes, seconds and their parts down to nanoseconds.
std::optional<NpyDates> ParseNpyDates(std::string_view type);

// Seconds since 1970; NaN where there is no date (NaT). kBadInput for dates
// outside the years 0 to 9999, and where double precision has not all of them.
std::vector<double> SecondsOfDates(std::span<const std::int64_t> counts,
                                   const NpyDates& unit);

}  // namespace mtlkit
