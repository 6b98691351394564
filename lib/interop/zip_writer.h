#pragma once

#include <string>
#include <utility>
#include <vector>

namespace mtlkit {

// Writes a ZIP archive of these members (name, content) as they are, without
// compression or time; whole or not at all. Throws kUsage from 4 GiB on, which
// a plain archive cannot hold. The same members give the same bytes.
void WriteZip(const std::vector<std::pair<std::string, std::string>>& members,
              const std::string& path);

}  // namespace mtlkit
