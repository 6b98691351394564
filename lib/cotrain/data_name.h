#pragma once

#include <string>
#include <utility>

#include "base/error.h"

namespace mtlkit {

// What messages call the data at a path.
inline std::string DataName(const std::string& path) {
  return path == "-" ? "stdin" : path;
}

// Runs `work`, and puts the data's name in front of what it says of them: of
// bad data, not of flags.
template <class Work>
auto NamingData(const std::string& name, Work&& work) -> decltype(work()) {
  try {
    return std::forward<Work>(work)();
  } catch (Error& error) {
    if (error.kind() == ErrorKind::kBadInput) error.AddContext(name);
    throw;
  }
}

}  // namespace mtlkit
