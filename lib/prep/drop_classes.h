#pragma once

#include <string_view>

#include "base/reporter.h"
#include "data/dataset.h"

namespace mtlkit {

// TASK=CLASS of --drop-class: the class goes, and its labels are missing (of a
// multi-label task the label goes). A binary task, or one that would be left
// with one class, is kUsage.
void DropClass(std::string_view request, Dataset* dataset);

// Drops the classes of multi-class tasks that fewer than `least` rows have, and
// says which.
void DropRareClasses(Index least, Dataset* dataset, Reporter* reporter);

}  // namespace mtlkit
