#pragma once

#include <map>
#include <string>
#include <vector>

namespace mtlkit {

// What a model, or a table, knows of columns by name: for who reads rows that
// are to be like its own. A name that views know as different things is in
// neither.
struct KnownColumns {
  std::vector<std::string> dates;
  // Of columns of categories, and of targets whose classes are no plain
  // numbers, all that may stand there.
  std::map<std::string, std::vector<std::string>> categories;
};

}  // namespace mtlkit
