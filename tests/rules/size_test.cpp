// How long files and functions are. tests/rules/source_test.cpp has the limit
// of a file.

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "rules/source_tree.h"

namespace mtlkit {
namespace {

constexpr std::size_t kMostLines = 60;

// Functions that are longer, by the line on which they begin. Sources are
// formatted: what begins at a depth ends with a brace alone at that depth.
std::vector<std::string> LongFunctions(const SourceFile& file) {
  std::vector<std::string> found;
  const std::vector<std::string> lines = file.lines();
  for (const std::string_view indent : {"", "  "}) {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::string_view line = lines[i];
      if (!line.starts_with(indent) || line.size() == indent.size()) continue;
      const std::string_view rest = line.substr(indent.size());
      if (rest == "}" && i - begin >= kMostLines) {
        found.push_back(Str(Place(file, begin), ": ", lines[begin], " has ",
                            i - begin + 1, " lines"));
      }
      const bool begins =
          std::isalpha(static_cast<unsigned char>(rest[0])) != 0;
      if (begins || rest[0] == '}') begin = i;
    }
  }
  return found;
}

TEST_CASE("functions have at most 60 lines") {
  for (const SourceFile& file :
       ReadTree({"lib", "tools", "tests"}, {".h", ".cpp"})) {
    CHECK(Join(LongFunctions(file), "\n") == "");
  }
}

TEST_CASE("a function of 61 lines is found where it begins") {
  std::string text = "namespace a {\n\nvoid F(int a,\n       int b) {\n";
  for (int i = 0; i < 58; ++i) text += "  G();\n";
  CHECK(LongFunctions({"lib/a/a.cpp", text + "}\n"}).size() == 1);
  CHECK(LongFunctions({"lib/a/a.cpp", text + "}\n"})
            .front()
            .starts_with("lib/a/a.cpp:3: void F(int a, has 61 lines"));
  CHECK(LongFunctions({"lib/a/a.cpp", text.substr(0, text.size() - 7) + "}\n"})
            .empty());
}

TEST_CASE("most files of the library are short") {
  std::vector<std::size_t> sizes;
  for (const SourceFile& file : ReadTree({"lib"}, {".h", ".cpp"})) {
    sizes.push_back(file.lines().size());
  }
  REQUIRE(!sizes.empty());
  const auto middle =
      sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
  std::nth_element(sizes.begin(), middle, sizes.end());
  CHECK(*middle <= 110);
}

}  // namespace
}  // namespace mtlkit
