#include "base/file_ending.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

// Names that say what is in a file: text, pictures, or another program's.
constexpr std::string_view kEndings[] = {
    ".h5",     ".hdf5",   ".hdf",      ".h5ad",        ".csv",    ".tsv",
    ".tab",    ".txt",    ".json",     ".jsonl",       ".ndjson", ".arff",
    ".svm",    ".libsvm", ".svmlight", ".md",          ".html",   ".htm",
    ".xml",    ".tex",    ".yaml",     ".yml",         ".toml",   ".xls",
    ".xlsx",   ".ods",    ".parquet",  ".feather",     ".arrow",  ".avro",
    ".sqlite", ".db",     ".mat",      ".rds",         ".rdata",  ".sav",
    ".dta",    ".npy",    ".npz",      ".pkl",         ".pickle", ".joblib",
    ".pt",     ".pth",    ".ckpt",     ".safetensors", ".onnx",   ".keras",
    ".pb",     ".tflite", ".py",       ".ipynb",       ".svg",    ".png",
    ".jpg",    ".jpeg",   ".gif",      ".bmp",         ".tif",    ".tiff",
    ".webp",   ".pdf",    ".ps",       ".eps",         ".gz",     ".xz",
    ".bz2",    ".zst",    ".zip",      ".tar",         ".tgz",    ".7z",
    ".rar",    ".doc",    ".docx"};

// ".h5, .hdf5 or .csv"
std::string OneOf(std::vector<std::string> endings) {
  const std::string last = endings.back();
  endings.pop_back();
  return endings.empty() ? last : Str(Join(endings, ", "), " or ", last);
}

}  // namespace

void RequireEnding(std::string_view label, const std::string& path,
                   std::string_view written, std::string_view what) {
  const auto* const ending = std::ranges::find_if(
      kEndings, [&](std::string_view one) { return HasEnding(path, one); });
  if (ending == std::end(kEndings)) return;
  const std::vector<std::string> right = Split(written, ' ');
  if (std::ranges::find(right, *ending) != right.end()) return;
  Fail(ErrorKind::kUsage,
       Str(label, " ", path, ": ", what, ", not ", ending->substr(1)),
       written.empty() ? "name it without an ending"
                       : Str("end the name with ", OneOf(right)));
}

}  // namespace mtlkit
