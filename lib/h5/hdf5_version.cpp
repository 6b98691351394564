#include "h5/hdf5_version.h"

#include "base/error.h"
#include "h5/hdf5_session.h"

namespace mtlkit {

std::string Hdf5Version() {
  const internal::Hdf5Lock lock;
  unsigned major = 0;
  unsigned minor = 0;
  unsigned release = 0;
  H5get_libversion(&major, &minor, &release);
  return Str(major, ".", minor, ".", release);
}

}  // namespace mtlkit
