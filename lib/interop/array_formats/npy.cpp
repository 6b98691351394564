// npy: one array of NumPy (numpy.save).
#include "interop/npy.h"

#include "interop/npy_array.h"

namespace mtlkit {
namespace {

bool MatchesNpy(std::string_view head) {
  return head.starts_with("\x93NUMPY");
}

std::vector<DataArray> ReadNpy(const MappedBytes& file, ArrayPaths /*wanted*/) {
  std::vector<DataArray> arrays;
  arrays.push_back(ReadNpyArray(file));  // a list of one would be a copy
  return arrays;
}

}  // namespace

DataArray ReadNpyArray(const MappedBytes& file) {
  const NpyHeader header = ReadNpyHeader(file.bytes);
  DataArray array = {"", header.shape, ReadNpyValues(file, header)};
  array.is_dates = header.dates.has_value();
  return array;
}

extern const ArrayFormat kNpyArrays;
const ArrayFormat kNpyArrays = {
    "npy",
    "an array of NumPy (numpy.save): numbers, truth values, texts or "
    "dates",
    MatchesNpy, ReadNpy};

}  // namespace mtlkit
