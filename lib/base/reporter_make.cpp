// Which reporter a tool gets.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/reporter.h"
#include "base/reporter_phase.h"

namespace mtlkit {
namespace {

bool IsSet(const char* name) {
  const char* text = std::getenv(name);
  return text != nullptr && *text != '\0';
}

bool StderrIsLive() {
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  return isatty(STDERR_FILENO) == 1 && !dumb && !IsSet("CI");
}

}  // namespace

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
  settings.columns = 0;
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
