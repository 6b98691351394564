#include "app/exit_codes.h"

namespace mtlkit {
namespace {

constexpr ExitCode kExitCodes[] = {
    {"0", "done"},
    {"1", "it ran, and the answer is no: a check failed, training diverged"},
    {"2", "the command line or a setting is wrong"},
    {"65", "a file or stream holds what it should not"},
    {"66", "an input is missing or cannot be read"},
    {"69", "this build or machine lacks the feature"},
    {"70", "a bug in the program"},
    {"73", "the output cannot be created"},
    {"74", "the disk is full, a device failed, or memory ran out"},
    {"75", "stopped early, with what was done saved: run it again to go on"},
    {"129, 130, 141, 143",
     "ended by a signal: hangup, interrupt (what was done is saved, as with "
     "75), closed pipe, terminate"},
};

}  // namespace

std::span<const ExitCode> ExitCodes() {
  return kExitCodes;
}

}  // namespace mtlkit
