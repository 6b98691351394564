#include "test_data.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "temp_folder.h"

namespace mtlkit {
namespace {

TEST_CASE("test data is found under the folder that the environment names") {
  const char* before = std::getenv("MTLKIT_TEST_DATA");
  const std::string saved = before == nullptr ? "" : before;
  const TempFolder folder;
  std::ofstream(folder / "set.csv") << "a\n";
  setenv("MTLKIT_TEST_DATA", folder.path().c_str(), 1);
  const auto file = TestDataPath("set.csv");
  if (before == nullptr) {
    unsetenv("MTLKIT_TEST_DATA");
  } else {
    setenv("MTLKIT_TEST_DATA", saved.c_str(), 1);
  }
  REQUIRE(file.has_value());
  CHECK(*file == folder / "set.csv");
}

TEST_CASE("a temporary folder is gone after its scope") {
  std::filesystem::path path;
  {
    const TempFolder folder;
    path = folder.path();
    std::ofstream(folder / "x") << "x";
    CHECK(std::filesystem::exists(path / "x"));
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace mtlkit
