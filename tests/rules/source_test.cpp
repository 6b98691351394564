// What no source may hold.

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "rules/source_tree.h"

namespace mtlkit {
namespace {

const std::vector<std::string> kCode = {".h", ".cpp", ".def", ".in"};

// Places where a pattern matches a line.
std::vector<std::string> Matches(const std::vector<SourceFile>& files,
                                 const std::string& pattern) {
  const std::regex expression(pattern);
  std::vector<std::string> places;
  for (const SourceFile& file : files) {
    const std::vector<std::string> lines = file.lines();
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (std::regex_search(lines[i], expression)) {
        places.push_back(Str(Place(file, i), ": ", lines[i]));
      }
    }
  }
  return places;
}

std::vector<SourceFile> Without(std::vector<SourceFile> files,
                                const std::string& prefix) {
  std::erase_if(files, [&](const SourceFile& file) {
    return file.path.rfind(prefix, 0) == 0;
  });
  return files;
}

TEST_CASE("files are shorter than 400 lines") {
  constexpr std::size_t kMostLines = 400;
  const auto files =
      ReadTree({"lib", "tools", "tests", "cmake", "Makefile"},
               {".h", ".cpp", ".def", ".cmake", ".sh", ".py", ".txt"});
  // Runners of other libraries and reference values are kept as they came.
  for (const SourceFile& file :
       Without(Without(files, "tests/golden/"), "tests/bench/peers/")) {
    CHECK_MESSAGE(file.lines().size() < kMostLines, file.path, " has ",
                  file.lines().size(), " lines");
  }
}

TEST_CASE("only the h5 module opens HDF5 files") {
  const auto files = Without(ReadTree({"lib", "tools"}, kCode), "lib/h5/");
  CHECK(Join(Matches(files, R"(hdf5\.h|\bH5[A-Z]+[a-z_]+\()"), "\n") == "");
}

TEST_CASE("heavy headers stay out of headers, and CLI11 in one file") {
  const auto all = ReadTree({"lib", "tools"}, {".h", ".cpp"});
  std::vector<SourceFile> headers = ReadTree({"lib"}, {".h"});
  // Read by a handful of sources, all of which handle JSON.
  headers = Without(headers, "lib/app/cli_state.h");
  headers = Without(headers, "lib/app/inspect.h");
  CHECK(Join(Matches(headers, R"(#include <(nlohmann/json\.hpp|Eigen/|CLI/))"),
             "\n") == "");
  CHECK(Matches(all, "#include <CLI/").size() == 1);
}

TEST_CASE("no two headers define types of one name") {
  // The linker would take the one for the other without a word.
  const std::regex definition(R"(^(class|struct|enum class) (\w+)[^;]*$)");
  std::map<std::string, std::string> header_of;
  for (const SourceFile& file : ReadTree({"lib"}, {".h"})) {
    for (const std::string& line : file.lines()) {
      std::smatch match;
      if (!std::regex_search(line, match, definition)) continue;
      const auto [known, is_new] = header_of.insert({match[2], file.path});
      CHECK_MESSAGE((is_new || known->second == file.path), match[2].str(),
                    " is in ", known->second, " and in ", file.path);
    }
  }
}

TEST_CASE("nothing in the library draws from the standard's generators") {
  // Their results differ between standard libraries, and drawing in turn makes
  // them depend on the order of calls.
  CHECK(Join(Matches(ReadTree({"lib", "tools"}, kCode),
                     R"(std::shuffle|_distribution\b|random_device|\brand\()"),
             "\n") == "");
}

TEST_CASE("the library never prints and never exits") {
  auto files = Without(ReadTree({"lib"}, {".h", ".cpp"}), "lib/app/");
  files = Without(files, "lib/base/reporter.cpp");
  // A child process that it made itself may end.
  files = Without(files, "lib/h5/guard.cpp");
  CHECK(Join(Matches(files, R"(std::(cout|cerr|clog)|\b(printf|puts|perror)\()"
                            R"(|fprintf\(std|\b_?exit\()"),
             "\n") == "");
}

TEST_CASE("nothing is left to be done later") {
  const std::string later =
      std::string("\\b(TO") + "DO|FIX" + "ME|XX" + "X)\\b";
  CHECK(Join(Matches(ReadTree({"lib", "tools", "tests/rules", "cmake"}, {}),
                     later),
             "\n") == "");
}

TEST_CASE("no source names one machine or a package registry") {
  // Put together here, so that this file does not hold them itself.
  const std::string machine = std::string("/wo") + "rk/|/ho" + "me/\\w";
  const std::string registry = std::string("py") + "pi\\.org|npm" +
                               "js\\.org|cra" + "tes\\.io|deb\\.deb" +
                               "ian\\.org|pythonhos" + "ted\\.org";
  const auto files =
      ReadTree({"lib", "tools", "tests", "cmake", "docs", "data-samples", ".ci",
                "Makefile", "README.md", "CMakeLists.txt", "CMakePresets.json"},
               {"", ".h", ".cpp", ".def", ".in", ".cmake", ".sh", ".py", ".txt",
                ".md", ".json"});
  CHECK(Join(Matches(files, machine), "\n") == "");
  CHECK(Join(Matches(files, registry), "\n") == "");
}

TEST_CASE("every source of tests is compiled") {
  std::string lists;
  for (const SourceFile& file : ReadTree({"tests"}, {".txt"})) {
    if (file.path.ends_with("CMakeLists.txt")) lists += file.text;
  }
  for (const SourceFile& file : ReadTree({"tests"}, {".cpp"})) {
    const std::string name = file.path.substr(file.path.rfind('/') + 1);
    CHECK_MESSAGE(lists.find(name) != std::string::npos, file.path,
                  " is in no CMakeLists.txt");
  }
}

TEST_CASE("headers are guarded and no namespace is opened for all") {
  for (const SourceFile& file : ReadTree({"lib", "tools", "tests"}, {".h"})) {
    // Compiled again for each level of processors, so guarded otherwise.
    if (file.path.ends_with("-inl.h")) continue;
    CHECK_MESSAGE(file.text.find("#pragma once") != std::string::npos,
                  file.path, " lacks #pragma once");
  }
  CHECK(Join(Matches(ReadTree({"lib", "tools", "tests"}, {".h", ".cpp"}),
                     R"(^\s*using namespace (?!std::\w+_literals))"),
             "\n") == "");
}

}  // namespace
}  // namespace mtlkit
