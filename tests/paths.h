#pragma once

#include <string>

namespace mtlkit {

// Where the sources and the build are. Defined in one unit, so that all others
// compile to the same in any checkout.
std::string SourceDir();
std::string BinaryDir();

}  // namespace mtlkit
