#pragma once

#include <string>
#include <utility>
#include <vector>

#include "text/column_scan.h"
#include "text/convert_options.h"

namespace mtlkit {

// Without what was remembered of how delimited text was written
// (ConvertOptions::remembered).
ConvertOptions WithoutLayout(ConvertOptions options);

// The flags of a conversion as the scan of tables, and readers, take them.
ScanOptions ScanOptionsOf(const ConvertOptions& options);
TextOptions TextOptionsOf(const ConvertOptions& options,
                          const std::string& names_file);

// The file of names for an input: that of its own name, else that for all; ""
// if there is none.
std::string NamesFileFor(const ConvertOptions& options, const TableInput& input,
                         const std::vector<TableInput>& inputs);

// The lists that are read beside the inputs, by role.
std::vector<std::pair<std::string, std::string>> ListsOf(
    const ConvertOptions& options, const std::vector<TableInput>& inputs);

}  // namespace mtlkit
