#include "rules/source_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/error.h"
#include "base/text.h"
#include "paths.h"

namespace mtlkit {

std::string SourceFile::folder() const {
  return std::filesystem::path(path).parent_path().string();
}

std::string SourceFile::extension() const {
  return std::filesystem::path(path).extension().string();
}

std::vector<std::string> SourceFile::lines() const {
  return Split(text, '\n');
}

std::vector<SourceFile> ReadTree(const std::vector<std::string>& roots,
                                 const std::vector<std::string>& extensions) {
  namespace fs = std::filesystem;
  const fs::path top = SourceDir();
  std::vector<SourceFile> files;
  const auto add = [&](const fs::path& path) {
    const std::string extension = path.extension().string();
    const bool wanted =
        extensions.empty() || std::find(extensions.begin(), extensions.end(),
                                        extension) != extensions.end();
    if (!wanted) return;
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    files.push_back({path.lexically_relative(top).string(), text.str()});
  };
  for (const std::string& root : roots) {
    if (fs::is_regular_file(top / root)) add(top / root);
    if (!fs::is_directory(top / root)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(top / root)) {
      if (entry.is_regular_file()) add(entry.path());
    }
  }
  std::sort(
      files.begin(), files.end(),
      [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

std::vector<std::string> ProjectIncludes(const SourceFile& file) {
  constexpr std::string_view kInclude = "#include \"";
  std::vector<std::string> names;
  for (const std::string& line : file.lines()) {
    if (line.rfind(kInclude, 0) != 0) continue;
    const std::string rest = line.substr(kInclude.size());
    names.push_back(rest.substr(0, rest.find('"')));
  }
  return names;
}

std::string Place(const SourceFile& file, std::size_t line) {
  return Str(file.path, ":", line + 1);
}

}  // namespace mtlkit
