#include "app/context.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "base/error.h"

namespace mtlkit {
namespace {

std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free,
              "a signal handler may touch it only then");

void RequestStop(int) {
  stop_requested.store(true);
}

void InstallHandler(int signal, int flags) {
  struct sigaction action {};
  action.sa_handler = RequestStop;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

}  // namespace

const std::atomic<bool>& Context::StopRequested() const {
  // Reads that a signal interrupts go on. A second interrupt ends the program:
  // whoever presses the key twice means it.
  constexpr int kOnce = static_cast<int>(SA_RESTART | SA_RESETHAND);
  InstallHandler(SIGTERM, SA_RESTART);
  InstallHandler(SIGUSR1, SA_RESTART);
  InstallHandler(SIGINT, kOnce);
  return stop_requested;
}

void Context::Print(std::string_view text) const {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) {
    Fail(ErrorKind::kIo, Str("stdout: ", std::strerror(errno)));
  }
}

}  // namespace mtlkit
