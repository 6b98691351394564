#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// The rows of a view and what it is called.
struct ViewRows {
  const RowIds* ids = nullptr;
  std::string name;
};

// For each row of `first` that row of `view` with the same id. Throws
// kBadInput for one that is not there.
std::vector<std::size_t> OrderById(const ViewRows& view, const ViewRows& first);

}  // namespace mtlkit
