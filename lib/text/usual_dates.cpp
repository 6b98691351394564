// Dates as they are often written, and as text is written here.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "base/calendar.h"
#include "base/error.h"
#include "text/date_text.h"

namespace mtlkit {

namespace {

// All but ISO 8601, made once: tables may have very many columns.
const std::vector<DateFormat>& OtherFormats() {
  static const std::vector<DateFormat> formats = [] {
    constexpr std::string_view kDates[] = {
        "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%Y.%m.%d",
        "%d-%m-%Y", "%m-%d-%Y", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y",
        "%b %d %Y", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%b-%y"};
    constexpr std::string_view kTimes[] = {
        "",          " %R",          " %T",      " %T.%f",
        " %I:%M %p", " %I:%M:%S %p", " %H:%M%z", " %T%z"};
    std::vector<DateFormat> all;
    for (const std::string_view date : kDates) {
      for (const std::string_view time : kTimes) {
        all.emplace_back(Str(date, time));
      }
    }
    return all;
  }();
  return formats;
}

}  // namespace

std::vector<DateFormat> UsualDateFormats(
    const std::vector<std::string>& texts) {
  const auto reads_all = [&texts](const DateFormat& format) {
    double seconds = 0;
    return std::ranges::all_of(texts, [&](const std::string& text) {
      return format.Parse(text, &seconds);
    });
  };
  if (texts.empty()) return {};
  if (const DateFormat iso; reads_all(iso)) return {iso};
  std::vector<DateFormat> formats;
  for (const DateFormat& format : OtherFormats()) {
    if (formats.size() < 2 && reads_all(format)) formats.push_back(format);
  }
  return formats;
}

std::string DateText(double seconds, bool has_time) {
  constexpr double kMicroseconds = 1e6;
  const double days = std::floor(seconds / kSecondsOfDay);
  constexpr double kMostDays = 1e14;
  if (!(std::abs(days) < kMostDays)) return Str(seconds);
  auto day = static_cast<std::int64_t>(days);
  auto rest = static_cast<std::int64_t>(
      std::round((seconds - days * kSecondsOfDay) * kMicroseconds));
  constexpr std::int64_t kDay = kSecondsOfDay * 1000000;
  if (rest >= kDay) {
    rest -= kDay;
    ++day;
  }
  const CalendarDate date = DateOf(day);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04lld-%02d-%02d",
                static_cast<long long>(date.year), date.month, date.day);
  std::string written = text.data();
  if (!has_time) return written;
  const std::int64_t second = rest / 1000000;
  std::snprintf(
      text.data(), text.size(), "T%02d:%02d:%02d.%06d",
      static_cast<int>(second / 3600), static_cast<int>(second / 60 % 60),
      static_cast<int>(second % 60), static_cast<int>(rest % 1000000));
  written += text.data();
  while (written.ends_with('0') && rest % 1000000 != 0) written.pop_back();
  if (rest % 1000000 == 0) written.resize(written.size() - 7);
  return written;
}

}  // namespace mtlkit
