#include "base/seconds.h"

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {

double ParseSeconds(std::string_view text, const std::string& where) {
  const std::string_view whole = text;
  double unit = 1;
  if (!text.empty()) {
    const char last = text.back();
    if (last == 'm') unit = 60;
    if (last == 'h') unit = 3600;
    if (last == 's' || last == 'm' || last == 'h') text.remove_suffix(1);
  }
  double number = 0;
  Require(ParseNumber(text, &number) && number >= 0 && number < 1e9,
          ErrorKind::kUsage, Str(where, ": '", whole, "' is not a time"),
          "write 90s, 5m or 1h");
  return number * unit;
}

}  // namespace mtlkit
