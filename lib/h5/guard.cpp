#include "h5/guard.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string>

#include "base/error.h"
#include "h5/confine.h"
#include "h5/posix.h"

namespace mtlkit::internal {
namespace {

// Work that succeeds says this first, so that silence means a crash.
constexpr std::string_view kPassed = "passed";
constexpr char kSeparator = '\x1f';
constexpr std::string_view kOutOfMemory =
    "65\x1fit needs more memory than a file of its size can\x1f";
constexpr Index kSpareMemory = Index{512} << 20;
constexpr Index kSpareSeconds = 10;
constexpr Index kSlowestBytesPerSecond = Index{10} << 20;

void SetLimit(int resource, Index value) {
  struct rlimit limits {};
  if (::getrlimit(static_cast<__rlimit_resource_t>(resource), &limits) != 0) {
    return;
  }
  limits.rlim_cur = std::min(limits.rlim_cur, static_cast<rlim_t>(value));
  limits.rlim_max = limits.rlim_cur;
  // A limit that cannot be set is a guard less, not a failure.
  (void)::setrlimit(static_cast<__rlimit_resource_t>(resource), &limits);
}

// The address space that checking `bytes` may take up, 0 where the kernel does
// not say how much is in use. Sanitizers reserve most of it for themselves.
Index AllowedMemory(Index bytes) {
  if (kIsSanitized) return 0;
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return 0;
  long long pages = 0;
  const bool is_read = std::fscanf(file, "%lld", &pages) == 1;
  std::fclose(file);
  if (!is_read) return 0;
  return static_cast<Index>(pages) * ::sysconf(_SC_PAGESIZE) + kSpareMemory +
         bytes;
}

// Whether this process may not use as much anyway: what runs out of memory
// then says nothing of the file.
bool IsShortOfMemory(Index allowed) {
  for (const __rlimit_resource resource : {RLIMIT_AS, RLIMIT_DATA}) {
    struct rlimit limits {};
    if (::getrlimit(resource, &limits) == 0 &&
        limits.rlim_cur < static_cast<rlim_t>(allowed)) {
      return true;
    }
  }
  return false;
}

[[noreturn]] void FailMemory() {
  Fail(ErrorKind::kIo, "out of memory while the file is checked",
       "raise the limit of memory, or use a machine with more");
}

void LimitChild(Index bytes) {
  SetLimit(RLIMIT_CORE, 0);
  SetLimit(RLIMIT_CPU, kSpareSeconds + bytes / kSlowestBytesPerSecond);
  const Index memory = AllowedMemory(bytes);
  if (memory > 0) SetLimit(RLIMIT_AS, memory);
  // A crash is an answer here, not something to report.
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL}) {
    std::signal(signal, SIG_DFL);
  }
}

void WriteAnswer(int fd, std::string_view answer) {
  while (!answer.empty()) {
    const ssize_t moved = ::write(fd, answer.data(), answer.size());
    if (moved < 0 && errno == EINTR) continue;
    if (moved <= 0) return;  // nobody listens any more
    answer.remove_prefix(static_cast<std::size_t>(moved));
  }
}

// What the child says: that it passed and the answer, or the error.
std::string RunWork(const std::function<std::string()>& work) {
  try {
    return std::string(kPassed) + work();
  } catch (const Error& error) {
    return Str(error.exit_code(), kSeparator, error.message(), kSeparator,
               error.hint());
  } catch (const std::bad_alloc&) {
    return std::string(kOutOfMemory);
  }
}

// An answer of more than `most` bytes is cut behind that.
std::string ReadAnswer(int fd, Index most) {
  std::string text;
  std::array<char, 4096> piece{};
  while (const Index count = ReadFully(
             fd, piece.data(), static_cast<Index>(piece.size()), "guard")) {
    text.append(piece.data(), static_cast<std::size_t>(count));
    if (std::ssize(text) > most + std::ssize(kPassed)) break;
  }
  return text;
}

[[noreturn]] void ThrowAnswer(const std::string& answer, bool is_short) {
  const std::size_t first = answer.find(kSeparator);
  const std::size_t second = answer.rfind(kSeparator);
  const bool is_crash = first == std::string::npos || first == second;
  if (is_short && (is_crash || answer == kOutOfMemory)) FailMemory();
  if (is_crash) {
    Fail(ErrorKind::kBadInput,
         "the file is refused: it brings HDF5 down, or exceeds the limits of "
         "memory and time",
         "restore it from a copy");
  }
  const int kind = std::atoi(answer.c_str());
  Fail(static_cast<ErrorKind>(kind),
       answer.substr(first + 1, second - first - 1), answer.substr(second + 1));
}

// Forks, and waits for what `work` returns there. `enter` is called there
// first, with the descriptor that the answer goes to.
std::string AnswerOfChild(Index bytes, Index most_answer,
                          const std::function<void(int)>& enter,
                          const std::function<std::string()>& work) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    Fail(ErrorKind::kIo, Str("cannot make a pipe: ", ErrnoText(errno)),
         "raise the limit of open files (ulimit -n)");
  }
  UniqueFd from_child(ends[0]);
  UniqueFd to_parent(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) {
    Fail(ErrorKind::kIo,
         Str("cannot start the process that checks it: ", ErrnoText(errno)),
         "end other programs, or raise the limit of processes (ulimit -u)");
  }
  if (child == 0) {
    LimitChild(bytes);
    enter(to_parent.get());
    const std::string answer = RunWork(work);
    WriteAnswer(to_parent.get(), answer);
    ::_exit(0);
  }
  to_parent.Reset();
  // An error has a message, which takes more than a short answer.
  constexpr Index kMostMessage = Index{1} << 20;
  std::string answer =
      ReadAnswer(from_child.get(), std::max(most_answer, kMostMessage));
  // What it still writes ends it.
  from_child.Reset();
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (answer.starts_with(kPassed)) return answer.substr(kPassed.size());
  const Index allowed = AllowedMemory(bytes);
  ThrowAnswer(answer, allowed > 0 && IsShortOfMemory(allowed));
}

}  // namespace

void CheckInChild(Index bytes, const std::function<void()>& check) {
  (void)AnswerOfChild(
      bytes, 0, [](int) {},
      [&] {
        check();
        return std::string();
      });
}

std::string AnswerOfConfined(const Confinement& limits,
                             const std::function<std::string()>& work) {
  try {
    std::string answer = AnswerOfChild(
        limits.bytes, limits.most_answer,
        [&](int answer_fd) {
          // The reports of sanitizers need more.
          if (!kIsSanitized) Confine(answer_fd, limits.fd);
        },
        work);
    Require(static_cast<Index>(answer.size()) <= limits.most_answer,
            ErrorKind::kBadInput,
            "the file is refused: it says more of itself than is sensible");
    return answer;
  } catch (const Error& error) {
    // A stranger may not say that it was a mistake of ours.
    if (error.kind() == ErrorKind::kIo) throw;
    Fail(ErrorKind::kBadInput, error.message(), error.hint());
  }
}

}  // namespace mtlkit::internal
