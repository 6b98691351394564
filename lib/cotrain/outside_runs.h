#pragma once

#include <string>
#include <string_view>

#include "cotrain/run_folder.h"

namespace mtlkit {

// Refuses (kUsage) an output, called `label`, that lies among the files of a
// run, by whatever names and links: these are replaced by the run's own rounds
// only. `own` is the run that a command works on, or null: its merges may be
// written.
void RequireOutsideRuns(std::string_view label, const std::string& output,
                        const RunFolder* own);

// Where the data of the run in the folder `path` lie, as the run knows it; "" if
// there is no run, or none that says so.
std::string RecordedData(const std::string& path);

}  // namespace mtlkit
