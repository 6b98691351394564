#include "h5/hdf5_session.h"

#include <cstdlib>
#include <new>

#include "base/error.h"

namespace mtlkit::internal {
namespace {

std::mutex& LibraryMutex() {
  static std::mutex mutex;
  return mutex;
}

// Everything in the environment that HDF5 would obey.
void ClearEnvironment() {
  ::setenv("HDF5_USE_FILE_LOCKING", "FALSE", 1);
  ::setenv("HDF5_PLUGIN_PRELOAD", "::", 1);
  for (const char* variable :
       {"HDF5_PLUGIN_PATH", "HDF5_EXT_PREFIX", "HDF5_EXTFILE_PREFIX",
        "HDF5_VDS_PREFIX", "HDF5_DEBUG", "HDF5_DRIVER",
        "HDF5_DISABLE_VERSION_CHECK"}) {
    ::unsetenv(variable);
  }
}

void PrepareProcess() {
  ClearEnvironment();
  // Without it a file that could not be closed crashes the process at exit.
  H5dont_atexit();
  Require(H5open() >= 0, ErrorKind::kBug, "HDF5 does not start");
  H5PLset_loading_state(0);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

herr_t TakeReason(unsigned /*depth*/, const H5E_error2_t* error, void* text) {
  if (error->desc != nullptr) *static_cast<std::string*>(text) = error->desc;
  return 0;
}

herr_t FindResource(unsigned /*depth*/, const H5E_error2_t* error,
                    void* found) {
  const bool is_memory =
      error->maj_num == H5E_RESOURCE &&
      (error->min_num == H5E_NOSPACE || error->min_num == H5E_CANTALLOC);
  if (is_memory) *static_cast<bool*>(found) = true;
  return 0;
}

}  // namespace

void RequireMemory() {
  bool is_out_of_memory = false;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, FindResource, &is_out_of_memory);
  if (is_out_of_memory) throw std::bad_alloc();
}

Hdf5Lock::Hdf5Lock() : lock_(LibraryMutex()) {
  static const bool is_ready = [] {
    PrepareProcess();
    return true;
  }();
  (void)is_ready;
}

std::string Hdf5Reason() {
  std::string reason;
  // Downward ends at the function that failed first.
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, TakeReason, &reason);
  return reason.empty() ? "HDF5 gives no reason" : reason;
}

}  // namespace mtlkit::internal
