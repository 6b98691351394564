// Arrows between modules point down only, as docs/architecture.md draws them.

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "rules/source_tree.h"

namespace mtlkit {
namespace {

// What each module may include, besides itself.
const std::map<std::string, std::set<std::string>>& Arrows() {
  static const std::map<std::string, std::set<std::string>> arrows = {
      {"base", {}},
      // Highway wants to be included with quotes, and nobody else may.
      {"kernels", {"base", "hwy"}},
      {"h5", {"base"}},
      {"data", {"base", "kernels", "h5"}},
      {"text", {"base", "h5", "data"}},
      {"image", {"base", "h5", "data", "text"}},
      {"prep", {"base", "h5", "data"}},
      {"nn", {"base", "kernels", "h5", "data", "prep"}},
      {"eval", {"base", "h5", "data", "text"}},
      {"train", {"base", "kernels", "h5", "data", "prep", "nn", "eval"}},
      {"interop",
       {"base", "kernels", "h5", "data", "text", "prep", "nn", "train"}},
      {"cotrain",
       {"base", "kernels", "h5", "data", "prep", "nn", "eval", "train",
        "interop"}},
      {"app",
       {"base", "kernels", "h5", "data", "text", "prep", "image", "nn", "eval",
        "train", "interop", "cotrain"}},
  };
  return arrows;
}

// "data" from "data/task.h"; "" where there is no folder.
std::string ModuleOf(const std::string& include) {
  const std::size_t slash = include.find('/');
  return slash == std::string::npos ? "" : include.substr(0, slash);
}

std::vector<std::string> Violations(const SourceFile& file,
                                    const std::string& module) {
  std::vector<std::string> found;
  for (const std::string& include : ProjectIncludes(file)) {
    const std::string other = ModuleOf(include);
    const auto arrows = Arrows().find(module);
    const bool allowed = other == module || (arrows != Arrows().end() &&
                                             arrows->second.count(other) > 0);
    if (!allowed) found.push_back(Str(file.path, " includes ", include));
  }
  return found;
}

TEST_CASE("the modules of the table are those of the library") {
  std::set<std::string> modules;
  for (const SourceFile& file : ReadTree({"lib"}, {".h", ".cpp", ".def"})) {
    modules.insert(ModuleOf(file.path.substr(4)));
  }
  std::set<std::string> known;
  for (const auto& [module, below] : Arrows()) {
    known.insert(module);
    for (const std::string& other : below) {
      CHECK_MESSAGE((modules.count(other) == 1 || other == "hwy"), module,
                    " may include ", other, ", which is not there");
    }
  }
  CHECK(known == modules);
}

TEST_CASE("a module includes only what lies below it") {
  for (const SourceFile& file : ReadTree({"lib"}, {".h", ".cpp", ".def"})) {
    const std::string module = ModuleOf(file.path.substr(4));
    CHECK_MESSAGE(Arrows().count(module) == 1, file.path,
                  " belongs to no module of the table");
    for (const std::string& violation : Violations(file, module)) {
      FAIL_CHECK(violation);
    }
  }
}

TEST_CASE("tools and tests include modules of the library and themselves") {
  for (const SourceFile& file : ReadTree({"tools"}, {".h", ".cpp"})) {
    for (const std::string& include : ProjectIncludes(file)) {
      const std::string module = ModuleOf(include);
      CHECK_MESSAGE((Arrows().count(module) == 1 || module == "tools"),
                    file.path, " includes ", include);
    }
  }
}

TEST_CASE("an arrow that points up is found") {
  const SourceFile file = {"lib/data/x.cpp",
                           "#include \"base/view.h\"\n"
                           "#include \"data/task.h\"\n"
                           "#include \"nn/layer.h\"\n"
                           "#include <vector>\n"};
  CHECK(Join(Violations(file, "data"), "\n") ==
        "lib/data/x.cpp includes nn/layer.h");
}

// CMake's DEPENDS must not allow what the table forbids either.
TEST_CASE("the targets of modules depend only on what lies below them") {
  for (const SourceFile& file : ReadTree({"lib"}, {".txt"})) {
    const std::string module = ModuleOf(file.path.substr(4));
    if (Arrows().count(module) == 0) continue;
    constexpr std::string_view kDepends = "\n  DEPENDS ";
    const std::size_t begin = file.text.find(kDepends);
    if (begin == std::string::npos) continue;
    const std::size_t end = file.text.find_first_of("\n)", begin + 1);
    const std::string names = file.text.substr(begin + kDepends.size(),
                                               end - begin - kDepends.size());
    for (const std::string& name : Split(names, ' ')) {
      if (name.empty()) continue;
      CHECK_MESSAGE(Arrows().at(module).count(name) == 1, module,
                    " depends on ", name);
    }
  }
}

}  // namespace
}  // namespace mtlkit
