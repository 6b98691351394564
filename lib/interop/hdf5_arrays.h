#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "h5/foreign_file.h"
#include "interop/data_array.h"

namespace mtlkit {

// The array at a path of an HDF5 file, with names of its columns from its
// attribute `columns`. MATLAB's are turned: it writes columns one behind the
// other, so a matrix of n rows and k columns has the shape k x n there, and a
// column of numbers is a list here. kBadInput where it is neither numbers nor
// texts, or lies in another file.
DataArray ReadHdf5Array(const ForeignFile& file, const std::string& path);

// The numbers of an array, which these types have to hold exactly.
Array<std::int64_t> ReadWholes(const ForeignFile& file,
                               const std::string& path);
Array<double> ReadDoubles(const ForeignFile& file, const std::string& path);

// The numbers of an attribute of the object at `path`, which are whole.
// kBadInput where they are not.
std::vector<std::int64_t> WholeNumbers(const ForeignAttribute& attribute,
                                       const std::string& path);

// Whether MATLAB keeps a sparse matrix in that group, as compressed columns.
bool IsMatlabSparse(const ForeignFile& file, const std::string& path);
// That matrix as compressed rows. kBadInput as TurnSparse.
DataArray ReadMatlabSparse(const ForeignFile& file, const std::string& path);

}  // namespace mtlkit
