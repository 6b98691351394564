#pragma once

#include <string>

#include "data/dataset.h"
#include "prep/apply_transforms.h"

namespace mtlkit {

// Writes ApplyTransforms(transforms, table) without holding it: the same
// content as WriteDataset of it, in memory that depends on the width of a row
// and not on how many there are. Returns the content digest.
std::string WritePrepared(const Transforms& transforms, const Dataset& table,
                          const std::string& path);

}  // namespace mtlkit
