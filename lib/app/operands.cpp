#include "app/operands.h"

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

// Names that say what is in a file: text, or another program's.
constexpr std::string_view kOtherEndings[] = {
    ".csv",     ".tsv",  ".txt", ".json", ".jsonl", ".arff",
    ".svm",     ".md",   ".gz",  ".xz",   ".zip",   ".npy",
    ".parquet", ".html", ".pkl", ".pt",   ".onnx"};

}  // namespace

NamedFile ParseNamedFile(std::string_view text) {
  const std::size_t equals = text.find('=');
  const bool is_named =
      equals != std::string_view::npos && equals > 0 && text.find('/') > equals;
  if (!is_named) return {"", std::string(text)};
  return {std::string(text.substr(0, equals)),
          std::string(text.substr(equals + 1))};
}

std::string FileStem(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  // A leading dot belongs to the name.
  return std::string(path.substr(0, path.find('.', 1)));
}

void RequireHdf5Name(std::string_view label, const std::string& path) {
  for (const std::string_view ending : kOtherEndings) {
    if (!HasEnding(path, ending)) continue;
    Fail(
        ErrorKind::kUsage,
        Str(label, " ", path, ": HDF5 is written here, not ", ending.substr(1)),
        "end the name with .h5; mtl-convert FILE -o FILE.csv makes text of it");
  }
}

}  // namespace mtlkit
