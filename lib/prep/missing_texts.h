#pragma once

#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// Adds the columns of texts that tasks write, without a value, to a raw table
// that lacks them: what is predicted need not be known.
void AddMissingTexts(const std::vector<Task>& tasks, Dataset* raw);

}  // namespace mtlkit
