#include "nn/number_list.h"

#include <algorithm>

#include "base/choice.h"
#include "base/error.h"
#include "base/text.h"

namespace mtlkit {

std::optional<std::vector<Index>> NumberColumnsOf(std::string_view text,
                                                  const std::string& where) {
  const Choice choice = ParseChoice(text, where);
  const auto found = std::ranges::find_if(
      choice.options,
      [](const auto& option) { return option.first == kNumberColumns; });
  if (found == choice.options.end()) return std::nullopt;
  std::vector<Index> columns;
  if (found->second == "none") return columns;
  for (const std::string& part : Split(found->second, '/')) {
    long long column = 0;
    Require(ParseInteger(part, &column) && column >= 0 &&
                (columns.empty() || column > columns.back()),
            ErrorKind::kUsage,
            Str(where, ": columns=", found->second,
                " are no numbers of columns that ascend from 0"),
            "leave it out: then they are those of more than two values");
    columns.push_back(static_cast<Index>(column));
  }
  return columns;
}

}  // namespace mtlkit
