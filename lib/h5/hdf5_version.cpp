#include "h5/hdf5_version.h"

#include <H5public.h>

#include "base/error.h"

namespace mtlkit {

// As the headers say, which HDF5 refuses to run with unless the library is of
// the same version. To ask the library would start it, which takes longer than
// all else that --version does.
std::string Hdf5Version() {
  return Str(H5_VERS_MAJOR, ".", H5_VERS_MINOR, ".", H5_VERS_RELEASE);
}

}  // namespace mtlkit
