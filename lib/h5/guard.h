#pragma once

#include <functional>

#include "base/view.h"

namespace mtlkit::internal {

// Runs `check` in a child process with limits on memory and processor time,
// and waits. An Error that it throws is thrown here too. A crash or a limit
// hit there is kBadInput here: bytes that bring HDF5 down end the child only.
// `bytes` is the size of what is checked; limits grow with it. Called with
// Hdf5Lock held, so that no other thread is inside HDF5 when it is copied.
void CheckInChild(Index bytes, const std::function<void()>& check);

}  // namespace mtlkit::internal
