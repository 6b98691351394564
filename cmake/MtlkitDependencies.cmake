# Third-party libraries, each one imported target with SYSTEM headers.

find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(LibLZMA REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(nlohmann_json 3.9 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(HWY REQUIRED IMPORTED_TARGET libhwy)

# Serial HDF5 by name: installing an MPI build must not switch ours. The
# static library loads 7 shared objects instead of 37, which shows at start.
pkg_check_modules(HDF5_SERIAL REQUIRED hdf5-serial)
find_library(MTLKIT_HDF5_LIBRARY
  NAMES libhdf5.a hdf5_serial PATHS ${HDF5_SERIAL_LIBRARY_DIRS}
  NO_DEFAULT_PATH REQUIRED)
find_library(MTLKIT_SZ_LIBRARY NAMES libsz.a sz)
find_library(MTLKIT_AEC_LIBRARY NAMES libaec.a aec)
