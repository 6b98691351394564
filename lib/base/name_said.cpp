#include "base/name_said.h"

#include <algorithm>

#include "base/text.h"

namespace mtlkit {

std::string NameSaid(std::string_view said,
                     std::span<const std::string> names) {
  const bool is_name = std::ranges::find(names, said) != names.end();
  const std::string plain = Join(SplitNames(said), ",");
  const bool is_plain =
      !is_name && std::ranges::find(names, plain) != names.end();
  return is_plain ? plain : std::string(said);
}

}  // namespace mtlkit
