#include "paths.h"

namespace mtlkit {

std::string SourceDir() { return MTLKIT_SOURCE_DIR; }
std::string BinaryDir() { return MTLKIT_BINARY_DIR; }

}  // namespace mtlkit
