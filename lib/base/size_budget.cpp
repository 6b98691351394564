#include "base/size_budget.h"

#include <cctype>
#include <cmath>
#include <cstdio>

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

constexpr std::string_view kUnits = "kmgt";

}  // namespace

SizeBudget::SizeBudget(std::string_view text, std::string_view flag)
    : flag_(flag) {
  std::string_view number = text;
  double unit = 1;
  if (!text.empty()) {
    const char last = static_cast<char>(
        std::tolower(static_cast<unsigned char>(text.back())));
    const std::size_t at = kUnits.find(last);
    if (at != std::string_view::npos) {
      unit = std::pow(1024.0, static_cast<double>(at + 1));
      number.remove_suffix(1);
    }
  }
  double value = 0;
  mtlkit::Require(
      ParseNumber(number, &value) && value > 0 && std::isfinite(value),
      ErrorKind::kUsage, Str(flag, " ", text, " is not a size"),
      "for example 8g, 500m or a number of bytes");
  bytes_ = value * unit;
}

void SizeBudget::Require(double bytes, std::string_view what,
                         std::string_view way_out) const {
  if (bytes <= bytes_) return;
  Fail(ErrorKind::kBadInput,
       Str(what, " would take ", SizeText(bytes), ", more than the ",
           SizeText(bytes_), " of ", flag_),
       Str(way_out, way_out.empty() ? "" : ", or ", "raise ", flag_));
}

std::string SizeText(double bytes) {
  const char* const names[] = {"bytes", "KB", "MB", "GB", "TB", "PB", "EB"};
  std::size_t unit = 0;
  while (bytes >= 1024 && unit + 1 < std::size(names)) {
    bytes /= 1024;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof text, bytes < 10 && unit > 0 ? "%.1f" : "%.0f",
                bytes);
  return Str(text, " ", names[unit]);
}

}  // namespace mtlkit
