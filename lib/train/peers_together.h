#pragma once

#include <optional>
#include <string>
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

// What tasks have left to learn (Trainee::LeftToLearn): the mean of the peers
// that have each; NaN: nobody knows.
std::vector<double> LeftToLearn(const std::vector<Task>& tasks,
                                const std::vector<Trainee>& peers);

// The step, from 1, and the first row whose loss is not finite, if it is of a
// row. Where the network says something finite of that row, its label is the
// fault (kBadInput): no rate would help.
std::string WhereDiverged(Trainee& peer, Index task, Index step);

}  // namespace mtlkit
