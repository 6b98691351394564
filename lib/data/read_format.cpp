#include "data/read_format.h"

#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "h5/provenance.h"

namespace mtlkit {

std::string FormatRead(std::string_view provenance) {
  std::string format;
  if (provenance.empty()) return format;
  for (const ProvenanceRecord& record : ParseProvenance(provenance)) {
    if (record.tool != "mtl-convert") continue;
    const Json settings = ParseJson(record.settings);
    const auto at = settings.find("format");
    format = at != settings.end() && at->is_string() ? at->get<std::string>()
                                                     : std::string();
  }
  return format;
}

bool WereArrays(std::string_view provenance) {
  return FormatRead(provenance) == kArraysRead;
}

}  // namespace mtlkit
