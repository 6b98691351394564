#pragma once

#include <functional>
#include <string>

#include "base/view.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MTLKIT_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MTLKIT_SANITIZED 1
#endif
#endif

namespace mtlkit::internal {

// Whether this is a build that looks for mistakes of memory: its reports are
// lost in a child, and a fork of it takes 50 ms.
#ifdef MTLKIT_SANITIZED
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif

// Runs `check` in a child process with limits on memory and processor time,
// and waits. An Error that it throws is thrown here too. A crash or a limit
// hit there is kBadInput here: bytes that bring HDF5 down end the child only.
// `bytes` is the size of what is checked; limits grow with it. Called with
// Hdf5Lock held, so that no other thread is inside HDF5 when it is copied.
void CheckInChild(Index bytes, const std::function<void()>& check);

// What a child may do that handles bytes of strangers.
struct Confinement {
  Index bytes = 0;        // of what it reads and makes; limits grow with it
  Index most_answer = 0;  // bytes of the answer
  int fd = -1;            // the only descriptor that stays open for it, or -1
};

// Runs `work` in a child that can compute and answer, and nothing else: beside
// the limits above, no descriptor is open for it but that one, and the kernel
// refuses all system calls but those for memory, reading and writing where it
// can (seccomp). Returns the answer; it is a stranger's, too, and may be
// anything. Builds that look for mistakes of memory have no limits of memory
// and calls. Called with Hdf5Lock held.
std::string AnswerOfConfined(const Confinement& limits,
                             const std::function<std::string()>& work);

}  // namespace mtlkit::internal
