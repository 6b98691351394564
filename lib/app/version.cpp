#include "app/version.h"

#include "app/commit.h"
#include "base/error.h"
#include "base/version.h"

namespace mtlkit {

std::string VersionLine(std::string_view tool) {
  return Str(tool, " ", MTLKIT_VERSION, " (commit ", MTLKIT_COMMIT, ")");
}

}  // namespace mtlkit
