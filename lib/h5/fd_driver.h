#pragma once

#include <hdf5.h>

#include "h5/body_check.h"
#include "h5/hdf5_session.h"

namespace mtlkit::internal {

// An open file as HDF5 sees it through the driver below. So HDF5 reads exactly
// the file whose bytes were verified, whether or not it still has a name, and
// the system's error of a failed write is known. Must outlive the HDF5 file.
struct Channel {
  int fd = -1;
  bool is_writable = false;
  // Writes are dropped and succeed: for giving up a file that cannot be
  // finished, since HDF5 cannot let go of one whose last writes fail.
  bool is_discarded = false;
  int error = 0;  // errno of the first failure
  // Of a reader: holds what HDF5 reads to the digests, if that is still to be
  // done, and where the file ends for it.
  BodyCheck* check = nullptr;
  bool is_damaged = false;
  Index end = -1;
  // Where the file is in memory instead, its bytes; null otherwise.
  const char* bytes = nullptr;
};

// A property list that makes H5Fcreate and H5Fopen use `channel`; the name
// given to them is ignored. Throws std::bad_alloc where memory would not do for
// a file.
Handle AccessThrough(Channel* channel);

}  // namespace mtlkit::internal
