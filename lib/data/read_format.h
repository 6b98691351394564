#pragma once

#include <string>
#include <string_view>

namespace mtlkit {

// The `format` that mtl-convert records of what was no text.
inline constexpr std::string_view kArraysRead = "arrays";

// How the newest conversion in a history (a JSON array of provenance) read what
// it converted: "csv", "csv,parquet", kArraysRead; "" where there is none.
std::string FormatRead(std::string_view provenance);

// Whether that were arrays, for which flags about text mean nothing.
bool WereArrays(std::string_view provenance);

}  // namespace mtlkit
