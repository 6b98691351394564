#pragma once

#include <csignal>
#include <cstdlib>
#include <string_view>

namespace mtlkit {

// Ends the process here if a test asks for it: how every point at which a
// round can be killed is tried.
inline void KillPoint(std::string_view name) {
  const char* wanted = std::getenv("MTLKIT_TEST_KILL_AT");
  if (wanted != nullptr && name == wanted) std::raise(SIGKILL);
}

}  // namespace mtlkit
