#pragma once

#include <string>
#include <string_view>

namespace mtlkit {

// "mtl-train 0.1.0 (commit 3f2a9c0, HDF5 1.10.8, AVX2)". Throws what
// ActiveKernels throws where MTLKIT_ISA names no level of this machine.
std::string VersionLine(std::string_view tool);

}  // namespace mtlkit
