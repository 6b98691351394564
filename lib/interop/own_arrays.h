#pragma once

#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "interop/data_array.h"

namespace mtlkit {

// Whether arrays lie where a file of ours has them (docs/file-format.md), as
// mtl-convert --to npz writes them. HDF5 that has them is none of ours any
// more.
bool AreOwnArrays(std::span<const DataArray> arrays);

// The dataset whose arrays these are, in the order of its inputs and tasks;
// what attributes say (`shape`, `type`, `index_base`) are arrays, too. Inputs
// of whole numbers without categories are numbers, a task without `type` is
// what its labels look like. Checked as a file of ours is (data/dataset_io.h).
// Throws kBadInput, naming the array, for what has no place there.
Dataset DatasetOfOwnArrays(std::vector<DataArray> arrays);

// What is in the groups `inputs` and `tasks` gets its own name (DataArray::
// group).
void TakeGroups(std::vector<DataArray>* arrays);

}  // namespace mtlkit
