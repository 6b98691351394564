// npy: one array of NumPy (numpy.save).
#include "interop/npy.h"

#include "interop/npy_array.h"

namespace mtlkit {
namespace {

bool MatchesNpy(std::string_view head) {
  return head.starts_with("\x93NUMPY");
}

ArrayValues ReadNpyValues(std::string_view bytes, const NpyHeader& header) {
  if (header.texts) return ReadNpyTexts(bytes, header);
  if (header.dates) return ReadNpyDates(bytes, header);
  if (header.type == ForeignElement::kFloat64) {
    return ReadNpyElements<double>(bytes, header);
  }
  if (!IsWholeNumber(header.type)) return ReadNpyElements<float>(bytes, header);
  auto numbers = ReadNpyElements<std::int64_t>(bytes, header);
  if (header.type != ForeignElement::kUint8) return numbers;
  return std::vector<std::uint8_t>(numbers.begin(), numbers.end());
}

std::vector<DataArray> ReadNpy(std::string_view bytes, ArrayPaths /*wanted*/) {
  std::vector<DataArray> arrays;
  arrays.push_back(ReadNpyArray(bytes));  // a list of one would be a copy
  return arrays;
}

}  // namespace

DataArray ReadNpyArray(std::string_view bytes) {
  const NpyHeader header = ReadNpyHeader(bytes);
  DataArray array = {"", header.shape, ReadNpyValues(bytes, header)};
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
