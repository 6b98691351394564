#include "base/thread_variables.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace mtlkit {
namespace {

constexpr long long kMostAskedThreads = 1024;
constexpr const char* kThreadVariables[] = {"SLURM_CPUS_PER_TASK",
                                            "OMP_NUM_THREADS"};

// The number that a list of OpenMP begins with ("4,2"), or 0.
int FirstThreadCount(std::string_view text) {
  const std::vector<std::string> parts = Split(text, ',');
  long long value = 0;
  if (parts.empty() || !ParseInteger(Trim(parts[0]), &value)) return 0;
  return static_cast<int>(std::clamp<long long>(value, 0, kMostAskedThreads));
}

}  // namespace

int ThreadsOfEnvironment() {
  for (const char* name : kThreadVariables) {
    const char* text = std::getenv(name);
    const int threads = text == nullptr ? 0 : FirstThreadCount(text);
    if (threads > 0) return threads;
  }
  return 0;
}

std::string ThreadVariableProblem() {
  for (const char* name : kThreadVariables) {
    const char* text = std::getenv(name);
    if (text == nullptr || Trim(text).empty()) continue;
    if (FirstThreadCount(text) > 0) return "";
    return std::string(name) + " is '" + text +
           "', which is no number of threads: it is passed over";
  }
  return "";
}

}  // namespace mtlkit
