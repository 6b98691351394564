// hdf5: arrays of h5py, of MATLAB 7.3 ("-v7.3"), and AnnData's .h5ad.
#include <algorithm>

#include "base/error.h"
#include "h5/foreign_file.h"
#include "interop/anndata.h"
#include "interop/data_array.h"
#include "interop/hdf5_arrays.h"

namespace mtlkit {
namespace {

constexpr Index kMostBytes = Index{16} << 30;  // of what is read at once

bool Matches(std::string_view head) {
  return head.starts_with("\x89HDF\r\n\x1a\n") ||
         (head.starts_with("MATLAB 7.3") && head.size() > 512 &&
          head.substr(512).starts_with("\x89HDF\r\n\x1a\n"));
}

// In the layout of docs/converting.md what is in these groups has its own name.
void TakeGroup(DataArray* array) {
  for (const std::string group : {"inputs", "tasks"}) {
    if (!array->name.starts_with(group + "/")) continue;
    array->name.erase(0, group.size() + 1);
    array->group = group;
    return;
  }
}

std::vector<DataArray> Read(std::string_view bytes, ArrayPaths wanted) {
  const ForeignFile file(bytes, kMostBytes);
  if (wanted.empty() && IsAnnData(file)) return ReadAnnData(file);
  std::vector<DataArray> arrays;
  for (const auto& [path, object] : file.objects()) {
    const bool is_wanted =
        wanted.empty() || std::ranges::find(wanted, path) != wanted.end();
    // MATLAB keeps the parts of its own types there.
    if (!object.is_array() || !is_wanted || path.starts_with("#")) continue;
    arrays.push_back(ReadHdf5Array(file, path));
    if (wanted.empty()) TakeGroup(&arrays.back());
  }
  return arrays;
}

}  // namespace

extern const ArrayFormat kHdf5Arrays;
const ArrayFormat kHdf5Arrays = {
    "hdf5",
    "arrays of another program in HDF5: h5py, MATLAB's -v7.3, AnnData (.h5ad)",
    Matches, Read};

}  // namespace mtlkit
