#pragma once

#include <string>

namespace mtlkit {

// Of the HDF5 library that is linked: "1.10.8".
std::string Hdf5Version();

}  // namespace mtlkit
