#pragma once

#include <string>
#include <vector>

#include "base/view.h"
#include "data/dataset.h"

// What the parts of CheckDataset have in common.
namespace mtlkit::internal {

[[noreturn]] void Bad(const std::string& message);

// Demands `size` == rows x cols, whatever these are.
void CheckSize(Index size, Index rows, Index cols, const std::string& what);

void CheckUniqueNames(const std::vector<std::string>& names,
                      const std::string& what);

// All that must hold of the input blocks (check_inputs.cpp).
void CheckInputs(const Dataset& dataset);

// CheckDataset without these.
void CheckAllButInputs(const Dataset& dataset);

}  // namespace mtlkit::internal
