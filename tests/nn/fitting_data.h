#pragma once

#include <string>

#include "base/error.h"
#include "nn/model.h"
#include "nn/sample_data.h"

namespace mtlkit {

// Two small layers that an architecture can be made of: subspaces want widths
// that they divide, and a mix of layers equal ones.
inline std::vector<std::string> FittingLayers(const std::string& arch,
                                              const std::string& first,
                                              const std::string& second) {
  return {first, arch.starts_with("sluice") ? first : second};
}

// `mixed`, or for an architecture that cannot have its tasks a dataset with
// tasks of one type.
inline Dataset FittingDataset(Dataset mixed, const ArchOptions& options,
                              Index alike_rows = 240) {
  try {
    BuildModel(mixed, options, 1, {});
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kUsage) throw;
    return AlikeDataset(alike_rows);
  }
  return mixed;
}

}  // namespace mtlkit
