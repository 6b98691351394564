#include "app/operands.h"

#include <algorithm>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

constexpr std::string_view kHdf5Endings[] = {".h5", ".hdf5"};
// Names that say what is in a file: text, or another program's.
constexpr std::string_view kOtherEndings[] = {
    ".csv",  ".tsv", ".txt", ".json",   ".jsonl",    ".arff",
    ".svm",  ".md",  ".gz",  ".xz",     ".bz2",      ".zst",
    ".zip",  ".npy", ".npz", ".libsvm", ".svmlight", ".parquet",
    ".html", ".pkl", ".pt",  ".onnx"};

// The one of some endings that a name has, or "".
std::string_view EndingAmong(std::span<const std::string_view> endings,
                             const std::string& path) {
  const auto has = [&](std::string_view one) { return HasEnding(path, one); };
  const auto found = std::ranges::find_if(endings, has);
  return found == endings.end() ? "" : *found;
}

}  // namespace

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
  const std::string_view ending = EndingAmong(kOtherEndings, path);
  if (ending.empty()) return;
  Fail(ErrorKind::kUsage,
       Str(label, " ", path, ": HDF5 is written here, not ", ending.substr(1)),
       "end the name with .h5; mtl-convert FILE -o FILE.csv makes text of it");
}

void RequireOtherName(std::string_view label, const std::string& path,
                      std::string_view endings, std::string_view what) {
  std::string_view ending = EndingAmong(kHdf5Endings, path);
  if (ending.empty()) ending = EndingAmong(kOtherEndings, path);
  const std::vector<std::string> right = Split(endings, ' ');
  if (ending.empty() || ending == ".txt" ||
      std::ranges::find(right, ending) != right.end()) {
    return;
  }
  Fail(ErrorKind::kUsage,
       Str(label, " ", path, ": ", what, ", not ", ending.substr(1)),
       Str("end the name with ", Join(right, ", "), " or .txt"));
}

}  // namespace mtlkit
