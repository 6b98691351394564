#include "text/temporary_path.h"

#include <unistd.h>

#include <cerrno>

#include "base/error.h"
#include "h5/posix.h"

namespace mtlkit {

TemporaryPath::TemporaryPath(const std::string& name) {
  const std::string parent = internal::TemporaryFolder();
  // Messages of what is in it know it by this (WriteAdvice).
  folder_ = parent + "/mtlkit-XXXXXX";
  if (::mkdtemp(folder_.data()) == nullptr) {
    Fail(ErrorKind::kIo,
         Str(parent,
             ": cannot make a temporary folder: ", internal::ErrnoText(errno)),
         "set MTLKIT_TMPDIR to a folder that can be written");
  }
  path_ = folder_ + "/" + name;
}

TemporaryPath::~TemporaryPath() {
  ::unlink(path_.c_str());
  ::rmdir(folder_.c_str());
}

}  // namespace mtlkit
