// Every plug-in is one file and one line: neither may be forgotten.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "paths.h"
#include "rules/source_tree.h"

namespace mtlkit {
namespace {

// Names in the lines MTLKIT_ENTRY(name) of a list.
std::vector<std::string> EntriesOf(const SourceFile& list) {
  static const std::regex entry(R"(^\s*MTLKIT_ENTRY\((\w+)\))");
  std::vector<std::string> names;
  for (const std::string& line : list.lines()) {
    std::smatch match;
    if (std::regex_search(line, match, entry)) names.push_back(match[1]);
  }
  return names;
}

// Constants with external linkage that a source declares and defines.
std::vector<std::string> DefinedIn(const SourceFile& source) {
  static const std::regex definition(
      R"((?:^|\n)extern\s+const\s+\w+\s+(k\w+)\s*;)");
  std::vector<std::string> names;
  for (std::sregex_iterator match(source.text.begin(), source.text.end(),
                                  definition);
       match != std::sregex_iterator(); ++match) {
    names.push_back((*match)[1]);
  }
  return names;
}

// The sources of a folder of plug-ins. One with a header of its own and no
// entry is what several of them share.
std::vector<SourceFile> PlugInsOf(const std::string& folder) {
  std::vector<SourceFile> sources = ReadTree({folder}, {".cpp"});
  std::erase_if(sources, [](const SourceFile& source) {
    std::filesystem::path header =
        std::filesystem::path(SourceDir()) / source.path;
    return DefinedIn(source).empty() &&
           std::filesystem::exists(header.replace_extension(".h"));
  });
  return sources;
}

// What is wrong between a list and the sources of its folder.
std::vector<std::string> Mismatches(const SourceFile& list,
                                    const std::vector<SourceFile>& sources) {
  std::vector<std::string> found;
  const std::vector<std::string> entries = EntriesOf(list);
  std::set<std::string> defined;
  for (const SourceFile& source : sources) {
    const std::vector<std::string> names = DefinedIn(source);
    bool is_listed = false;
    for (const std::string& name : names) {
      defined.insert(name);
      is_listed = is_listed || std::count(entries.begin(), entries.end(), name);
      if (std::count(entries.begin(), entries.end(), name) != 1) {
        found.push_back(Str(source.path, " defines ", name, ", which ",
                            list.path, " does not list exactly once"));
      }
    }
    if (!is_listed) {
      found.push_back(Str(source.path, " defines no entry of ", list.path));
    }
  }
  for (const std::string& entry : entries) {
    if (defined.count(entry) == 0) {
      found.push_back(
          Str(list.path, " lists ", entry, ", which no file defines"));
    }
  }
  return found;
}

TEST_CASE("every plug-in file has a line in its list and every line a file") {
  for (const SourceFile& list : ReadTree({"lib"}, {".def"})) {
    CHECK_MESSAGE(!EntriesOf(list).empty(), list.path, " lists nothing");
    // Plug-ins of losses.def lie in losses/.
    const std::string folder =
        std::filesystem::path(list.path).replace_extension().string();
    const std::vector<SourceFile> sources = PlugInsOf(folder);
    // A list without a folder names entries of the files beside it.
    if (sources.empty()) continue;
    for (const std::string& mismatch : Mismatches(list, sources)) {
      FAIL_CHECK(mismatch);
    }
  }
}

TEST_CASE("a forgotten line and a forgotten file are found") {
  const SourceFile list = {"lib/nn/losses.def",
                           "// comment\nMTLKIT_ENTRY(kOne)\n"
                           "MTLKIT_ENTRY(kGone)\n"};
  const std::vector<SourceFile> sources = {
      {"lib/nn/losses/one.cpp",
       "extern const LossEntry kOne;\nconst LossEntry kOne = {};\n"},
      {"lib/nn/losses/two.cpp", "extern const LossEntry kTwo;\n"}};
  CHECK(Join(Mismatches(list, sources), "\n") ==
        "lib/nn/losses/two.cpp defines kTwo, which lib/nn/losses.def does not "
        "list exactly once\n"
        "lib/nn/losses/two.cpp defines no entry of lib/nn/losses.def\n"
        "lib/nn/losses.def lists kGone, which no file defines");
}

}  // namespace
}  // namespace mtlkit
