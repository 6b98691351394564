#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/options.h"
#include "base/parallel.h"
#include "base/reporter.h"
#include "base/rng.h"

namespace mtlkit {

// What a running tool may use. Lives as long as the tool's Run.
struct Context {
  std::string tool;  // for provenance: "mtl-train", "mtl-cotrain round"
  Seed seed = 1;
  int verbose = 0;
  // The flags that can change the result and differ from their defaults.
  const Json* settings = nullptr;
  // The names of all flags that were given, whatever their values.
  std::vector<std::string> given = {};
  ThreadPool* pool = nullptr;
  Reporter* reporter = nullptr;

  // A flag that SIGTERM, SIGINT, SIGHUP and SIGUSR1 set. From the first call on
  // these signals no longer end the program, except SIGINT the second time:
  // call it in tools that look at the flag and save what they have.
  const std::atomic<bool>& StopRequested() const;

  // Writes a result to stdout; throws kIo when that fails (disk full). Lines
  // for people: names in them cannot command a terminal.
  void Print(std::string_view text) const;
  // Text for programs, as it is unless stdout is a terminal.
  void PrintData(std::string_view text) const;
  // One JSON document.
  void PrintJson(const Json& document) const;
};

// Runs `work`, and puts the name of the file in front of what it says of bad
// data, unless it names a file itself: `other`, if it reads one.
template <class Work>
auto OnDataOf(std::string_view file, std::string_view other, Work&& work)
    -> decltype(work()) {
  try {
    return std::forward<Work>(work)();
  } catch (Error& error) {
    const bool is_other = !other.empty() && error.message().starts_with(other);
    if (error.kind() == ErrorKind::kBadInput && !is_other) {
      error.AddContext(file);
    }
    throw;
  }
}

// Ends the program by SIGINT if that is what asked it to stop: a shell then
// stops its loop or script, as it does not where a program exits by itself.
void DieIfInterrupted();

}  // namespace mtlkit
