# Third-party libraries, each one imported target with SYSTEM headers.

find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(LibLZMA REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(nlohmann_json 3.9 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
# Highway's headers only: its library, which we need nothing of, measures the
# clock for milliseconds at every start.
pkg_check_modules(HWY REQUIRED libhwy)
add_library(mtlkit_highway INTERFACE)
target_include_directories(mtlkit_highway SYSTEM INTERFACE ${HWY_INCLUDE_DIRS})
target_compile_options(mtlkit_highway INTERFACE ${HWY_CFLAGS_OTHER})

# Serial HDF5 by name: installing an MPI build must not switch ours. The static
# library, since the shared one loads 37 others (curl, Kerberos, LDAP), which
# shows at every start; of the static one only what is called is linked.
pkg_check_modules(HDF5_SERIAL REQUIRED hdf5-serial)
find_library(MTLKIT_HDF5_LIBRARY
  NAMES libhdf5.a hdf5_serial PATHS ${HDF5_SERIAL_LIBRARY_DIRS}
  NO_DEFAULT_PATH REQUIRED)
# An imported target of its own, so that what it needs is linked after it.
add_library(mtlkit_hdf5 UNKNOWN IMPORTED GLOBAL)
set_target_properties(mtlkit_hdf5 PROPERTIES
  IMPORTED_LOCATION ${MTLKIT_HDF5_LIBRARY})
target_include_directories(mtlkit_hdf5 SYSTEM INTERFACE
  ${HDF5_SERIAL_INCLUDE_DIRS})
# Szip, where that HDF5 was built with it: its own libraries come after it.
foreach(name sz aec)
  find_library(MTLKIT_${name}_LIBRARY NAMES lib${name}.a ${name})
  if(MTLKIT_${name}_LIBRARY)
    target_link_libraries(mtlkit_hdf5 INTERFACE ${MTLKIT_${name}_LIBRARY})
  endif()
endforeach()
target_link_libraries(mtlkit_hdf5 INTERFACE
  ZLIB::ZLIB Threads::Threads ${CMAKE_DL_LIBS} m)

# SHA-256 with the processor's own instructions.
pkg_check_modules(NETTLE REQUIRED nettle)
find_library(MTLKIT_NETTLE_LIBRARY NAMES libnettle.a nettle REQUIRED)
add_library(mtlkit_nettle INTERFACE)
target_include_directories(mtlkit_nettle SYSTEM INTERFACE
  ${NETTLE_INCLUDE_DIRS})
target_link_libraries(mtlkit_nettle INTERFACE ${MTLKIT_NETTLE_LIBRARY})

# The decoders of bzip2, zstd, PNG and JPEG, static: shared libraries show at
# every start.
foreach(name bz2 zstd png jpeg)
  find_library(MTLKIT_${name}_LIBRARY NAMES lib${name}.a ${name} REQUIRED)
  add_library(mtlkit_${name} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(mtlkit_${name} PROPERTIES
    IMPORTED_LOCATION ${MTLKIT_${name}_LIBRARY})
endforeach()
