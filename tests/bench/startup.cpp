#include "bench/startup.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

#include "base/error.h"

namespace mtlkit {
namespace {

// Seconds from the start of a program to its end.
double SecondsToRun(std::string program) {
  using Clock = std::chrono::steady_clock;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null",
                                   O_WRONLY, 0);
  std::string flag = "--version";
  char* words[] = {program.data(), flag.data(), nullptr};
  const auto start = Clock::now();
  pid_t child = 0;
  const int failed =
      posix_spawn(&child, program.c_str(), &actions, nullptr, words, environ);
  posix_spawn_file_actions_destroy(&actions);
  Require(failed == 0, ErrorKind::kMissingInput, "cannot start " + program);
  int status = 0;
  waitpid(child, &status, 0);
  Require(status == 0, ErrorKind::kIo, program + " failed");
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

Quartiles StartUpRatio(const std::string& program, const std::string& nothing,
                       Index rounds) {
  std::vector<double> ratios;
  SecondsToRun(program);  // into the page cache
  for (Index round = 0; round < rounds; ++round) {
    const double base = SecondsToRun(nothing);
    ratios.push_back(SecondsToRun(program) / base);
  }
  return QuartilesOf(std::move(ratios));
}

}  // namespace mtlkit
