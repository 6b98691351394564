#pragma once

#include <optional>
#include <vector>

#include "data/dataset.h"
#include "train/trainee.h"

namespace mtlkit {

// All rows that some peer learns from, ascending.
std::vector<Index> RowsOfAll(const std::vector<Trainee>& peers);

bool AnyHasValidation(const std::vector<Trainee>& peers);

// Whether a loss of some peer compares rows of a group.
bool AnyRanksGroups(const std::vector<Trainee>& peers);

// The labels of all peers' tasks, by name, where not all have the same: then
// no peer's tell a sampler what there is.
std::optional<Dataset> LabelsOfAll(const std::vector<Trainee>& peers);

}  // namespace mtlkit
