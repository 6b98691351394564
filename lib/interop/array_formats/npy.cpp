// npy: one array of NumPy (numpy.save).
#include "interop/npy.h"

#include "interop/npy_array.h"

namespace mtlkit {
namespace {

bool Matches(std::string_view head) {
  return head.starts_with("\x93NUMPY");
}

ArrayValues ReadValues(std::string_view bytes, const NpyHeader& header) {
  if (header.texts) return ReadNpyTexts(bytes, header);
  if (header.type == ForeignElement::kFloat64) {
    return ReadNpyElements<double>(bytes, header);
  }
  if (!IsWholeNumber(header.type)) return ReadNpyElements<float>(bytes, header);
  auto numbers = ReadNpyElements<std::int64_t>(bytes, header);
  if (header.type != ForeignElement::kUint8) return numbers;
  return std::vector<std::uint8_t>(numbers.begin(), numbers.end());
}

std::vector<DataArray> Read(std::string_view bytes, ArrayPaths /*wanted*/) {
  return {ReadNpyArray(bytes)};
}

}  // namespace

DataArray ReadNpyArray(std::string_view bytes) {
  const NpyHeader header = ReadNpyHeader(bytes);
  return {"", header.shape, ReadValues(bytes, header)};
}

extern const ArrayFormat kNpyArrays;
const ArrayFormat kNpyArrays = {
    "npy", "an array of NumPy (numpy.save): numbers, truth values or texts",
    Matches, Read};

}  // namespace mtlkit
