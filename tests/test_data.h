#pragma once

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include "paths.h"

// Where tests find their files. Data sets that are not part of the repository
// lie under the folder that MTLKIT_TEST_DATA names (relative paths count from
// the root of the repository).

namespace mtlkit {

// A file of the repository: SourcePath("data-samples/adult.columns").
inline std::string SourcePath(std::string_view path) {
  return (std::filesystem::path(SourceDir()) / path).string();
}

// Says that the running test case, or a part of it, is left out. The runner
// counts these lines (scripts print the same and may exit with 77), and fails
// where MTLKIT_TEST_DATA is set.
inline void PrintSkipped(std::string_view reason) {
  const auto* test = doctest::getContextOptions()->currentTest;
  std::printf("\nskipped: %s: %.*s\n", test == nullptr ? "" : test->m_name,
              static_cast<int>(reason.size()), reason.data());
  std::fflush(stdout);
}

// The file or folder `path` of the test data:
//
//   const auto file = TestDataPath("school/school.mat");
//   if (!file) return;
//
// Nothing, with a line that says so, if MTLKIT_TEST_DATA is not set. If it is
// set and the file is missing, the test case fails and ends here.
inline std::optional<std::string> TestDataPath(std::string_view path) {
  const char* root = std::getenv("MTLKIT_TEST_DATA");
  if (root == nullptr || *root == '\0') {
    PrintSkipped(std::string(path) + " is found through MTLKIT_TEST_DATA");
    return std::nullopt;
  }
  const auto file = std::filesystem::path(SourceDir()) / root / path;
  if (!std::filesystem::exists(file)) {
    FAIL("MTLKIT_TEST_DATA is set, but there is no ", file.string());
  }
  return file.string();
}

}  // namespace mtlkit
