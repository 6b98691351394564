// idx: an array of bytes or numbers with its lengths in front, big-endian, as
// the MNIST files have it (LeCun, Cortes and Burges, "The MNIST database of
// handwritten digits").
#include <array>
#include <utility>

#include "base/error.h"
#include "interop/byte_reader.h"
#include "interop/data_array.h"
#include "interop/mapped_elements.h"

namespace mtlkit {
namespace {

constexpr std::array<std::pair<unsigned char, ForeignElement>, 6> kIdxTypes = {{
    {0x08, ForeignElement::kUint8},
    {0x09, ForeignElement::kInt8},
    {0x0b, ForeignElement::kInt16},
    {0x0c, ForeignElement::kInt32},
    {0x0d, ForeignElement::kFloat32},
    {0x0e, ForeignElement::kFloat64},
}};
constexpr unsigned char kMostLengths = 6;

const ForeignElement* IdxTypeOf(char code) {
  for (const auto& [number, type] : kIdxTypes) {
    if (static_cast<unsigned char>(code) == number) return &type;
  }
  return nullptr;
}

// Two zeros, a type, how many lengths.
bool MatchesIdx(std::string_view head) {
  return head.size() >= 8 && head[0] == '\0' && head[1] == '\0' &&
         IdxTypeOf(head[2]) != nullptr && head[3] >= 1 &&
         head[3] <= kMostLengths;
}

std::vector<DataArray> ReadIdx(const MappedBytes& file, ArrayPaths /*wanted*/) {
  ByteReader in(file.bytes, "the IDX file");
  const std::string_view magic = in.Bytes(4);
  const ForeignElement type = *IdxTypeOf(magic[2]);
  DataArray array;
  for (char i = 0; i < magic[3]; ++i) {
    const std::string_view length = in.Bytes(4);
    array.shape.push_back(
        DecodeElementsAs<std::int64_t>(ForeignElement::kInt32, length, true)
            .front());
  }
  const Index width = SizeOf(type);
  const Index count =
      ElementCount(array.shape, in.left() / width, "the IDX file");
  Require(count * width == in.left(), ErrorKind::kBadInput,
          "the IDX file is longer than its lengths say",
          "the file is damaged: copy it again");
  array.values = MapNumbers(type, {in.Bytes(in.left()), file.owner}, true);
  std::vector<DataArray> arrays;
  arrays.push_back(std::move(array));  // a list of one would be a copy
  return arrays;
}

}  // namespace

extern const ArrayFormat kIdxArrays;
const ArrayFormat kIdxArrays = {
    "idx", "an array with its lengths in front, as the MNIST files are",
    MatchesIdx, ReadIdx};

}  // namespace mtlkit
