#pragma once

#include <set>
#include <string>

#include "data/dataset.h"
#include "prep/prepare_options.h"
#include "prep/used_columns.h"

namespace mtlkit {

// Adds the tasks that --task, --task-per, --classes and --positive ask for to
// those that the table has, and uses their columns. `two_valued`: the tasks
// that had two values before rows were chosen, and must not be left with one.
// kUsage where a flag names what is not there, and where there is no task then.
void MakeTasks(const PrepareOptions& options,
               const std::set<std::string>& two_valued, UsedColumns* columns,
               Dataset* table);

}  // namespace mtlkit
