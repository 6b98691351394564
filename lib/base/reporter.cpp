#include "base/reporter.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/error.h"
#include "base/reporter_phase.h"

namespace mtlkit {
namespace {

std::string Printf(const char* format, double value) {
  char text[64];
  const int size = std::snprintf(text, sizeof(text), format, value);
  return std::string(text, static_cast<std::size_t>(size));
}

bool IsSet(const char* name) {
  const char* text = std::getenv(name);
  return text != nullptr && *text != '\0';
}

bool StderrIsLive() {
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  return isatty(STDERR_FILENO) == 1 && !dumb && !IsSet("CI");
}

int StderrColumns() {
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0;
  return known && size.ws_col > 0 ? size.ws_col : 80;
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

std::unique_ptr<Reporter> MakeReporter(ReporterSettings settings) {
  const ProgressMode mode = settings.mode;
  if (mode == ProgressMode::kNever || settings.quiet) {
    return internal::MakeMessageReporter(std::move(settings));
  }
  if (mode == ProgressMode::kJson) {
    return internal::MakeJsonReporter(std::move(settings));
  }
  if (mode == ProgressMode::kAlways || settings.is_live) {
    return internal::MakeLiveReporter(std::move(settings));
  }
  return internal::MakeLineReporter(std::move(settings));
}

std::unique_ptr<Reporter> MakeReporter(std::string program, ProgressMode mode,
                                       bool quiet) {
  ReporterSettings settings;
  settings.program = std::move(program);
  settings.mode = mode;
  settings.quiet = quiet;
  settings.is_live = StderrIsLive();
  settings.columns = StderrColumns();
  // One write a line: lines of programs that share a terminal stay whole. A
  // closed stderr is no reason to stop working.
  settings.write = [](std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  };
  settings.seconds = [] {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
  };
  return MakeReporter(std::move(settings));
}

}  // namespace mtlkit
