#include "interop/identifier.h"

#include "base/error.h"
#include "base/view.h"

namespace mtlkit {
namespace {

bool IsAsciiLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

std::string CleanIdentifier(std::string_view name) {
  std::string clean(name);
  for (char& c : clean) {
    if (!IsAsciiLetter(c) && !(c >= '0' && c <= '9')) c = '_';
  }
  return !clean.empty() && IsAsciiLetter(clean[0]) ? clean : "x" + clean;
}

std::string UniqueNames::Take(std::string_view wanted) {
  std::string name(wanted);
  for (Index number = 2; !taken_.insert(name).second; ++number) {
    name = Str(wanted, "_", number);
  }
  return name;
}

}  // namespace mtlkit
