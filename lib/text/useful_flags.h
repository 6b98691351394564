#pragma once

#include <vector>

#include "base/options.h"
#include "text/format.h"

namespace mtlkit {

// Refuses (kUsage) flags that none of the formats of the inputs knows: those of
// `values` that are not as in `usual`, under their names.
void RequireFormatFlags(const Json& values, const Json& usual,
                        const std::vector<const FormatEntry*>& formats);

// Whether one of them knows a flag.
bool AnyKnows(const std::vector<const FormatEntry*>& formats,
              const std::string& flag);

}  // namespace mtlkit
