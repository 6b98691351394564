#include "app/context.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "base/json_text.h"
#include "base/terminal_text.h"

namespace mtlkit {
namespace {

std::atomic<bool> stop_requested{false};
std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free,
              "a signal handler may touch it only then");

void RequestStop(int signal) {
  if (signal == SIGINT) interrupted.store(true);
  stop_requested.store(true);
}

void InstallHandler(int signal, int flags) {
  struct sigaction action {};
  action.sa_handler = RequestStop;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

void WriteResult(std::string_view text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) {
    Fail(ErrorKind::kIo, Str("stdout: ", std::strerror(errno)));
  }
}

}  // namespace

const std::atomic<bool>& Context::StopRequested() const {
  // Reads that a signal interrupts go on. A second interrupt ends the program:
  // whoever presses the key twice means it.
  constexpr int kOnce = static_cast<int>(SA_RESTART | SA_RESETHAND);
  InstallHandler(SIGTERM, SA_RESTART);
  InstallHandler(SIGUSR1, SA_RESTART);
  InstallHandler(SIGINT, kOnce);
  // One that was begun with nohup goes on.
  struct sigaction inherited {};
  sigaction(SIGHUP, nullptr, &inherited);
  if (inherited.sa_handler != SIG_IGN) InstallHandler(SIGHUP, SA_RESTART);
  return stop_requested;
}

void DieIfInterrupted() {
  if (!interrupted.load()) return;
  std::signal(SIGINT, SIG_DFL);
  std::raise(SIGINT);
}

void Context::PrintJson(const Json& document) const {
  Print(JsonText(document, 1) + "\n");
}

void Context::Print(std::string_view text) const {
  PrintData(TerminalText(text));
}

void Context::PrintData(std::string_view text) const {
  const std::string shown =
      isatty(STDOUT_FILENO) == 1 ? TerminalText(text) : std::string(text);
  WriteResult(shown);
}

}  // namespace mtlkit
