#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// The columns that a text of --numbers says ("pieces:columns=0/3/4"; "none"),
// ascending; nothing where it does not, which stands for all. kUsage with
// `where` in front for what is no such list.
std::optional<std::vector<Index>> NumberColumnsOf(std::string_view text,
                                                  const std::string& where);
inline constexpr std::string_view kNumberColumns = "columns";

}  // namespace mtlkit
