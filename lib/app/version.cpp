#include "app/version.h"

#include "app/commit.h"
#include "base/error.h"
#include "base/version.h"
#include "h5/hdf5_version.h"
#include "kernels/kernels.h"

namespace mtlkit {

std::string VersionLine(std::string_view tool) {
  return Str(tool, " ", MTLKIT_VERSION, " (commit ", MTLKIT_COMMIT, ", HDF5 ",
             Hdf5Version(), ", ", ActiveKernels().name, ")");
}

}  // namespace mtlkit
