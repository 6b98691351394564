#pragma once

#include <string>
#include <vector>

#include "prep/label_columns.h"

namespace mtlkit {

// Puts the classes of tasks in order, as texts of `--classes` say:
// "TASK=CLASS,CLASS,...", where TASK may be a pattern, naming every class of
// the task once. Tasks that need an order (ordinal) and get none there have
// that of their numbers; one whose classes are words is an error (kUsage).
void OrderClasses(const std::vector<std::string>& requests,
                  std::vector<LabelledTask>* tasks);

}  // namespace mtlkit
