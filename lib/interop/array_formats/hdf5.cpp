// hdf5: arrays of h5py, of MATLAB 7.3 ("-v7.3"), and AnnData's .h5ad.
#include <algorithm>

#include "base/error.h"
#include "h5/foreign_file.h"
#include "interop/anndata.h"
#include "interop/data_array.h"
#include "interop/hdf5_arrays.h"
#include "interop/own_arrays.h"
#include "text/text_lists.h"

namespace mtlkit {
namespace {

constexpr Index kMostHdf5 = Index{16} << 30;  // of what is read at once

bool MatchesHdf5(std::string_view head) {
  return head.starts_with("\x89HDF\r\n\x1a\n") ||
         (head.starts_with("MATLAB 7.3") && head.size() > 512 &&
          head.substr(512).starts_with("\x89HDF\r\n\x1a\n"));
}

// Whether it is a part of another: of a sparse matrix, or of a type of MATLAB's
// own.
bool IsPart(const ForeignFile& file, const std::string& path) {
  const std::size_t end = path.rfind('/');
  return path.starts_with("#") || (end != std::string::npos &&
                                   IsMatlabSparse(file, path.substr(0, end)));
}

// What pandas writes (to_hdf) holds parts of tables, and pickles of the rest.
void RefusePandas(const ForeignFile& file) {
  for (const auto& [path, object] : file.objects()) {
    Require(
        file.FindAttribute(path, "pandas_type") == nullptr,
        ErrorKind::kBadInput,
        Str("is HDF5 of pandas, whose '", ShowText(path),
            "' is in parts that only pandas puts together"),
        "python3 -c \"import pandas; pandas.read_hdf('FILE').to_csv("
        "'NEW.csv', index=False)\"; --array NAME=PATH, once for each, reads "
        "arrays of it as they are");
  }
}

std::vector<DataArray> ReadHdf5(const MappedBytes& content, ArrayPaths wanted) {
  const ForeignFile file(content.bytes, kMostHdf5);
  if (wanted.empty() && IsAnnData(file)) return ReadAnnData(file);
  if (wanted.empty()) RefusePandas(file);
  std::vector<DataArray> arrays;
  for (const auto& [path, object] : file.objects()) {
    const bool is_wanted =
        wanted.empty() || std::ranges::find(wanted, path) != wanted.end();
    if (!is_wanted) continue;
    if (IsMatlabSparse(file, path)) {
      arrays.push_back(ReadMatlabSparse(file, path));
    } else if (object.is_array() && !IsPart(file, path)) {
      arrays.push_back(ReadHdf5Array(file, path));
    }
  }
  Require(
      !wanted.empty() || !AreOwnArrays(arrays), ErrorKind::kBadInput,
      "has the arrays of a dataset of mtlkit, without what vouches for them",
      "give the file that it was made of, or NPZ (mtl-convert FILE.h5 -o "
      "FILE.npz); --array NAME=PATH, once for each, reads some as columns");
  return arrays;
}

}  // namespace

extern const ArrayFormat kHdf5Arrays;
const ArrayFormat kHdf5Arrays = {
    "hdf5",
    "arrays of another program in HDF5: h5py, MATLAB's -v7.3, AnnData (.h5ad)",
    MatchesHdf5, ReadHdf5};

}  // namespace mtlkit
