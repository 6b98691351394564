#pragma once

#include <span>
#include <string_view>

namespace mtlkit {

// What the exit codes of all tools mean; shown in help and in the reference.
struct ExitCode {
  std::string_view code;
  std::string_view meaning;
};
std::span<const ExitCode> ExitCodes();

}  // namespace mtlkit
