#include "text/convert_operands.h"

#include <algorithm>
#include <string>

#include "base/error.h"

namespace mtlkit {

void CheckOperands(const std::vector<TableInput>& inputs,
                   const ConvertOptions& options) {
  Require(!inputs.empty(), ErrorKind::kUsage, "no input");
  std::vector<std::string> names;
  for (const TableInput& input : inputs) {
    if (!options.beside) continue;
    Require(!input.name.empty(), ErrorKind::kUsage,
            Str("--beside: '", input.path, "' has no name"),
            "write NAME=FILE for each view");
    Require(std::find(names.begin(), names.end(), input.name) == names.end(),
            ErrorKind::kUsage,
            Str("--beside: two views are called '", input.name, "'"));
    names.push_back(input.name);
  }
  Require(options.decimal == "." || options.decimal == ",", ErrorKind::kUsage,
          "--decimal is '.' or ','");
  Require(options.skip_after_header == 0 || options.header != "no",
          ErrorKind::kUsage,
          "--skip-after-header: with --header no there is "
          "none",
          "--skip leaves out lines in front");
}

}  // namespace mtlkit
