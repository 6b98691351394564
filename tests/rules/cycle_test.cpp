// Arrows between the files of a module point one way, too: no file is included
// by one that it needs. A header and its source count as one file.

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "rules/source_tree.h"

namespace mtlkit {
namespace {

using Arrows = std::map<std::string, std::set<std::string>>;

// "nn/plan" of "nn/plan.cpp".
std::string StemOf(const std::string& path) {
  return path.substr(0, path.rfind('.'));
}

std::string ModuleOf(const std::string& path) {
  return path.substr(0, path.find('/'));
}

Arrows ArrowsOf(const std::vector<SourceFile>& files) {
  constexpr std::size_t kLib = std::string_view("lib/").size();
  Arrows arrows;
  for (const SourceFile& file : files) {
    const std::string from = StemOf(file.path.substr(kLib));
    for (const std::string& include : ProjectIncludes(file)) {
      const std::string to = StemOf(include);
      if (ModuleOf(from) == ModuleOf(to) && from != to &&
          !include.ends_with(".def")) {
        arrows[from].insert(to);
      }
    }
  }
  return arrows;
}

bool Reaches(const Arrows& arrows, const std::string& from,
             const std::string& to) {
  std::set<std::string> seen;
  std::vector<std::string> open = {from};
  while (!open.empty()) {
    const std::string file = open.back();
    open.pop_back();
    if (file == to) return true;
    if (!seen.insert(file).second || arrows.count(file) == 0) continue;
    for (const std::string& next : arrows.at(file)) open.push_back(next);
  }
  return false;
}

// Every arrow that can be followed back to where it begins.
std::vector<std::string> ArrowsOfCycles(const Arrows& arrows) {
  std::vector<std::string> found;
  for (const auto& [from, targets] : arrows) {
    for (const std::string& to : targets) {
      if (Reaches(arrows, to, from)) found.push_back(Str(from, " -> ", to));
    }
  }
  return found;
}

TEST_CASE("files of a module do not need each other") {
  const Arrows arrows = ArrowsOf(ReadTree({"lib"}, {".h", ".cpp"}));
  CHECK(Join(ArrowsOfCycles(arrows), "\n") == "");
}

TEST_CASE("a cycle of files is found, over others and through a source") {
  const Arrows arrows =
      ArrowsOf({{"lib/nn/a.h", "#include \"nn/b.h\"\n"},
                {"lib/nn/b.cpp", "#include \"nn/b.h\"\n#include \"nn/c.h\"\n"},
                {"lib/nn/c.h", "#include \"base/a.h\"\n#include \"nn/a.h\"\n"},
                {"lib/nn/d.h", "#include \"nn/a.h\"\n"}});
  CHECK(Join(ArrowsOfCycles(arrows), ", ") ==
        "nn/a -> nn/b, nn/b -> nn/c, nn/c -> nn/a");
}

}  // namespace
}  // namespace mtlkit
