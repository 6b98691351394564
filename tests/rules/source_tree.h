#pragma once

#include <string>
#include <vector>

namespace mtlkit {

// A file of the repository.
struct SourceFile {
  std::string path;  // from the root: "lib/base/view.h"
  std::string text;

  std::string folder() const;     // "lib/base"
  std::string extension() const;  // ".h"
  std::vector<std::string> lines() const;
};

// All text files under the folders `roots`, ordered by path; those whose
// extension is in `extensions`, or all of them if that is empty.
std::vector<SourceFile> ReadTree(const std::vector<std::string>& roots,
                                 const std::vector<std::string>& extensions);

// What stands between the quotes of every `#include "..."` of a file.
std::vector<std::string> ProjectIncludes(const SourceFile& file);

// The place as messages give it: "lib/base/view.h:12".
std::string Place(const SourceFile& file, std::size_t line);

}  // namespace mtlkit
