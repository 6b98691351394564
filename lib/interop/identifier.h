#pragma once

#include <set>
#include <string>
#include <string_view>

namespace mtlkit {

// `name` as an identifier: ASCII letters, digits and underscores, the first of
// them a letter.
std::string CleanIdentifier(std::string_view name);

// Hands out names, no two alike: one that was given away before gets a number
// behind it, "_2" or what is free.
class UniqueNames {
 public:
  std::string Take(std::string_view wanted);

 private:
  std::set<std::string, std::less<>> taken_;
};

}  // namespace mtlkit
