#include "text/temporary_path.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/error.h"

namespace mtlkit {

TemporaryPath::TemporaryPath(const std::string& name) {
  const char* parent = std::getenv("MTLKIT_TMPDIR");
  if (parent == nullptr) parent = std::getenv("TMPDIR");
  folder_ = Str(parent == nullptr ? "/tmp" : parent, "/mtlkit-XXXXXX");
  if (::mkdtemp(folder_.data()) == nullptr) {
    Fail(ErrorKind::kIo,
         Str(folder_, ": cannot make a folder: ", std::strerror(errno)),
         "set MTLKIT_TMPDIR to a folder with room");
  }
  path_ = folder_ + "/" + name;
}

TemporaryPath::~TemporaryPath() {
  ::unlink(path_.c_str());
  ::rmdir(folder_.c_str());
}

}  // namespace mtlkit
