#include "interop/array_reading.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "text/date_text.h"
#include "text/format.h"
#include "text/text_lists.h"
#include "text/type_choice.h"

namespace mtlkit {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// The markers that are no class of a column.
std::vector<std::string> MarkersOf(const ArrayReading& reading,
                                   const std::string& column) {
  const auto known = reading.known.categories.find(column);
  std::vector<std::string> markers = reading.markers;
  if (known == reading.known.categories.end()) return markers;
  std::erase_if(markers, [&](const std::string& marker) {
    return std::ranges::count(known->second, marker) > 0;
  });
  return markers;
}

// How a column's dates are written, or nothing where it has none.
std::optional<DateFormat> DatesOf(const ArrayReading& reading,
                                  const std::string& column) {
  for (const std::string& entry : reading.dates) {
    const TypeChoice choice = ParseTypeChoice(entry);
    if (choice.columns == column || MatchesPattern(choice.columns, column)) {
      return choice.date;
    }
  }
  if (std::ranges::count(reading.known.dates, column) == 0) return std::nullopt;
  return DateFormat();
}

}  // namespace

ArrayReading ArrayReadingOf(const ConvertOptions& options) {
  ArrayReading reading;
  if (const auto view = options.known.find(""); view != options.known.end()) {
    reading.known = view->second;
  }
  reading.markers = options.missing;
  if (options.missing.empty() && options.had_markers) {
    reading.markers = TextOptions().missing;
  }
  reading.dates = options.model_dates;
  return reading;
}

void ForgetMarkers(const ArrayReading& reading, const std::string& column,
                   std::vector<std::string>* texts) {
  if (reading.markers.empty()) return;
  const std::vector<std::string> markers = MarkersOf(reading, column);
  for (std::string& text : *texts) {
    if (std::ranges::count(markers, text) > 0) text.clear();
  }
}

std::vector<double> MarkersAsNumbers(const ArrayReading& reading,
                                     const std::string& column) {
  std::vector<double> markers;
  for (const std::string& marker : MarkersOf(reading, column)) {
    double value = 0;
    if (ParseNumber(marker, &value)) markers.push_back(value);
  }
  return markers;
}

std::optional<std::vector<double>> SecondsOfTexts(
    const ArrayReading& reading, const std::string& column,
    const std::vector<std::string>& texts) {
  const std::optional<DateFormat> format = DatesOf(reading, column);
  if (!format) return std::nullopt;
  std::vector<double> seconds;
  for (const std::string& text : texts) {
    double second = kMissing;
    Require(text.empty() || format->Parse(text, &second), ErrorKind::kBadInput,
            Str("array '", column, "' holds '", ShowText(text),
                "', which is no date written as '", format->TypeName(), "'"),
            "write dates as numpy.datetime64, or as training had them");
    seconds.push_back(second);
  }
  return seconds;
}

}  // namespace mtlkit
