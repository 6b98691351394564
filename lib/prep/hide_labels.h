#pragma once

#include <string_view>
#include <vector>

#include "base/reporter.h"
#include "base/rng.h"
#include "data/dataset.h"

namespace mtlkit {

// `--hide-labels TASK=FRACTION`: that part of the labels that `task` has in
// `rows` becomes missing, drawn at random. For a multi-label task or several
// target columns, all labels of a row go together.
void HideLabels(std::string_view request, const std::vector<Index>& rows,
                Seed seed, Dataset* dataset);

// `--keep-labels TASK=N/class`: of each class, all but N of the labels in
// `rows` become missing; `TASK=N` keeps N in all. A class with fewer is a
// warning.
void KeepLabels(std::string_view request, const std::vector<Index>& rows,
                Seed seed, Dataset* dataset, Reporter* reporter);

}  // namespace mtlkit
