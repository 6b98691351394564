#pragma once

#include <string>

namespace mtlkit {

// A path in a new folder of its own under MTLKIT_TMPDIR, TMPDIR or /tmp; what
// is there is removed at the end of the scope.
class TemporaryPath {
 public:
  // Throws kIo where the folder cannot be made.
  explicit TemporaryPath(const std::string& name);
  ~TemporaryPath();
  TemporaryPath(const TemporaryPath&) = delete;
  TemporaryPath& operator=(const TemporaryPath&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string folder_;
  std::string path_;
};

}  // namespace mtlkit
