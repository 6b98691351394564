#pragma once

#include <string>

#include "nn/model.h"

namespace mtlkit {

// A model file (kind = model, docs/file-format.md): spec, parameters, buffers,
// transforms, constants, log and provenance. `path` may be "-".
//
// Reading checks that the spec is whole and holds no unknown key, that the
// network built from it has exactly the parameters and buffers of the file, in
// their shapes, and that all numbers of them are finite; kBadInput otherwise,
// naming the first offender. A file of another kind is refused by name.
Model ReadModel(const std::string& path);
void WriteModel(const Model& model, const std::string& path);

}  // namespace mtlkit
