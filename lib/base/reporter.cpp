#include "base/reporter.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/error.h"

namespace mtlkit {
namespace {

std::string Printf(const char* format, double value) {
  char text[64];
  const int size = std::snprintf(text, sizeof(text), format, value);
  return std::string(text, static_cast<std::size_t>(size));
}

}  // namespace

std::string ShortNumber(double value) {
  const double size = std::abs(value);
  if (!std::isfinite(value)) return Printf("%g", value);
  if (size >= 99999.5) return Printf("%.2e", value);
  if (size >= 99.95) return Printf("%.0f", value);
  if (size >= 9.995) return Printf("%.1f", value);
  if (size >= 0.9995) return Printf("%.2f", value);
  std::string text = Printf("%.3f", size);
  return (std::signbit(value) && text != "0.000" ? "-" : "") + text.substr(1);
}

std::string ShortRate(double per_second) {
  if (!(per_second >= 999.5)) return Printf("%.0f", per_second);
  if (per_second < 9950) return Printf("%.1fk", per_second / 1e3);
  if (per_second < 999.5e3) return Printf("%.0fk", per_second / 1e3);
  if (per_second < 9.95e6) return Printf("%.1fM", per_second / 1e6);
  return Printf("%.0fM", per_second / 1e6);
}

std::string ShortTime(double seconds) {
  constexpr double kLongest = 1e9;
  const auto whole = std::llround(std::clamp(seconds, 0.0, kLongest));
  char text[64];
  if (whole < 3600) {
    std::snprintf(text, sizeof(text), "%lld:%02lld", whole / 60, whole % 60);
  } else {
    std::snprintf(text, sizeof(text), "%lld:%02lld:%02lld", whole / 3600,
                  whole / 60 % 60, whole % 60);
  }
  return text;
}

ProgressMode ParseProgressMode(const std::string& name) {
  if (name == "auto") return ProgressMode::kAuto;
  if (name == "always") return ProgressMode::kAlways;
  if (name == "never") return ProgressMode::kNever;
  if (name == "json") return ProgressMode::kJson;
  Fail(ErrorKind::kUsage,
       Str("--progress is '", name,
           "' but must be one of auto, always, never, json"));
}

}  // namespace mtlkit
