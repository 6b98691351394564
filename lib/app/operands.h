#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// A file operand as the user wrote it: FILE, or NAME=FILE. What stands before
// the first '=' is a name if it is not empty and has no '/'.
struct NamedFile {
  std::string name;  // "" if none was given
  std::string path;  // may be "-"
  Index part = 0;    // which of the files of A,B,C it is
};
NamedFile ParseNamedFile(std::string_view text);
// NAME=A,B,C as three files of one name; a file that is called so with its
// commas is one.
std::vector<NamedFile> ParseNamedFiles(std::string_view text);
// The name of a file without folders and endings: "runs/a.pred.h5" -> "a".
std::string FileStem(std::string_view path);

// The endings of names of HDF5.
constexpr std::string_view kHdf5Endings = ".h5 .hdf5";
// Refuses (kUsage) a name of HDF5 that another kind of file has: "p.csv".
// `label` is what messages call it: "-o".
void RequireHdf5Name(std::string_view label, const std::string& path);

// What may be done with an output operand. Files are probed before the tool
// runs, so that work is not done in vain; a tool that learns from other flags
// what it writes says kText and calls ProbeOutput itself.
enum class OutputKind {
  kHdf5,    // "-" is stdout, unless that is a terminal
  kText,    // "-" is stdout
  kFolder,  // "-" is refused
};

struct OutputOperand {
  std::string path;
  OutputKind kind = OutputKind::kHdf5;
};

// The flags that every tool has.
struct CommonOptions {
  bool quiet = false;
  Index verbose = 0;              // how often -v was given
  std::string progress = "auto";  // auto, always, never, json
  Index threads = 0;              // 0: DefaultThreads()
  Index seed = 1;
};

}  // namespace mtlkit
