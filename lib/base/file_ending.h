#pragma once

#include <string>
#include <string_view>

namespace mtlkit {

// Refuses (kUsage) a file's name whose ending says what is in it, ".csv", and
// that is none of `written` (".h5 .hdf5"; "" for a folder): "-o p.csv: HDF5 is
// written here, not csv (end the name with .h5 or .hdf5)". Endings that say
// nothing, as in "model.best", and none are free. `label` is what messages call
// the output, `what` what is written there.
void RequireEnding(std::string_view label, const std::string& path,
                   std::string_view written, std::string_view what);

}  // namespace mtlkit
