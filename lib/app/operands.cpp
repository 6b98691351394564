#include "app/operands.h"

#include <filesystem>
#include <string>
#include <vector>

#include "base/file_ending.h"
#include "base/text.h"

namespace mtlkit {
NamedFile ParseNamedFile(std::string_view text) {
  const std::size_t equals = text.find('=');
  const bool is_named =
      equals != std::string_view::npos && equals > 0 && text.find('/') > equals;
  const std::string whole(text);
  if (!is_named) return {"", whole};
  const std::string path(text.substr(equals + 1));
  // A folder may be called so: "year=2020/part.csv".
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored) &&
      std::filesystem::exists(whole, ignored)) {
    return {"", whole};
  }
  return {std::string(text.substr(0, equals)), path};
}

std::vector<NamedFile> ParseNamedFiles(std::string_view text) {
  const NamedFile whole = ParseNamedFile(text);
  std::error_code ignored;
  if (whole.name.empty() || std::filesystem::exists(whole.path, ignored)) {
    return {whole};
  }
  std::vector<NamedFile> files;
  for (const std::string& path : Split(whole.path, ',')) {
    files.push_back({whole.name, path, std::ssize(files)});
  }
  return files;
}

std::string FileStem(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  // A leading dot belongs to the name.
  return std::string(path.substr(0, path.find('.', 1)));
}

void RequireHdf5Name(std::string_view label, const std::string& path) {
  RequireEnding(label, path, kHdf5Endings, "HDF5 is written here");
}

}  // namespace mtlkit
