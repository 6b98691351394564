// safetensors: a JSON header that says where each array lies, then the bytes
// of all (github.com/huggingface/safetensors, its README, "Format").
#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/json_text.h"
#include "interop/byte_reader.h"
#include "interop/element_type.h"
#include "interop/foreign_weights.h"

namespace mtlkit {
namespace {

using Json = nlohmann::json;

// The format's own bound.
constexpr std::uint64_t kMostHeader = 100'000'000;

[[noreturn]] void FailFormat(std::string_view why) {
  Fail(ErrorKind::kBadInput, Str("damaged safetensors file: ", why),
       "copy or write the file again");
}

bool MatchesSafetensors(std::string_view bytes) {
  constexpr std::size_t kLengthBytes = 8;
  if (bytes.size() < kLengthBytes + 2 || bytes[kLengthBytes] != '{') {
    return false;
  }
  ByteReader in(bytes, "the file");
  return in.Number<std::uint64_t>() <= kMostHeader;
}

ForeignElement SafetensorsTypeOf(const std::string& dtype) {
  constexpr std::array<std::pair<std::string_view, ForeignElement>, 13> kTypes =
      {{
          {"BOOL", ForeignElement::kBool},
          {"I8", ForeignElement::kInt8},
          {"I16", ForeignElement::kInt16},
          {"I32", ForeignElement::kInt32},
          {"I64", ForeignElement::kInt64},
          {"U8", ForeignElement::kUint8},
          {"U16", ForeignElement::kUint16},
          {"U32", ForeignElement::kUint32},
          {"U64", ForeignElement::kUint64},
          {"F16", ForeignElement::kFloat16},
          {"BF16", ForeignElement::kBfloat16},
          {"F32", ForeignElement::kFloat32},
          {"F64", ForeignElement::kFloat64},
      }};
  for (const auto& [name, type] : kTypes) {
    if (dtype == name) return type;
  }
  Fail(ErrorKind::kBadInput,
       Str("the safetensors file has elements of the type '", dtype, "'"),
       "write float32: tensor.float()");
}

// Where an array lies, as the header says it.
struct Placed {
  std::string name;
  ForeignElement type = ForeignElement::kFloat32;
  std::vector<Index> shape;
  Index begin = 0;
  Index end = 0;
};

Index Count(const Json& json) {
  const std::optional<Index> value = JsonInteger(json);
  if (!value || *value < 0) FailFormat("a length or place is no number");
  return *value;
}

Placed PlaceOf(const std::string& name, const Json& entry) {
  Placed placed;
  placed.name = name;
  const auto offsets = entry.at("data_offsets");
  if (!offsets.is_array() || offsets.size() != 2) {
    FailFormat(Str("'", name, "' has no place"));
  }
  placed.type = SafetensorsTypeOf(entry.at("dtype").get<std::string>());
  for (const Json& length : entry.at("shape")) {
    placed.shape.push_back(Count(length));
  }
  placed.begin = Count(offsets[0]);
  placed.end = Count(offsets[1]);
  return placed;
}

// By place. Arrays must follow each other without holes up to the end, so that
// no byte is of two arrays or of none.
std::vector<Placed> PlacesOf(const Json& header, Index size) {
  if (!header.is_object()) FailFormat("its header is no JSON object");
  std::vector<Placed> places;
  for (const auto& [name, entry] : header.items()) {
    if (name != "__metadata__") places.push_back(PlaceOf(name, entry));
  }
  std::sort(places.begin(), places.end(), [](const auto& a, const auto& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  Index end = 0;
  for (const Placed& placed : places) {
    if (placed.begin != end || placed.end < placed.begin || placed.end > size) {
      FailFormat(Str("'", placed.name,
                     "' lies over another array, behind a "
                     "hole, or outside"));
    }
    end = placed.end;
  }
  if (end != size) FailFormat("bytes at its end belong to no array");
  return places;
}

// Files of Flax and TensorFlow say so; PyTorch is the convention.
MatrixOrder SafetensorsOrderOf(const Json& header) {
  const auto metadata = header.find("__metadata__");
  if (metadata == header.end() || !metadata->is_object()) {
    return MatrixOrder::kOutputsFirst;
  }
  const Json format = metadata->value("format", Json("pt"));
  return format == "flax" || format == "tf" || format == "np"
             ? MatrixOrder::kInputsFirst
             : MatrixOrder::kOutputsFirst;
}

ForeignContent ReadSafetensors(std::string_view bytes) {
  ByteReader in(bytes, "the safetensors file");
  const auto header_size = in.Number<std::uint64_t>();
  if (header_size > kMostHeader) FailFormat("its header is too long");
  ForeignContent content;
  try {
    const Json header = ParseJson(in.Bytes(static_cast<Index>(header_size)));
    content.order = SafetensorsOrderOf(header);
    const std::string_view data = in.Bytes(in.left());
    for (const Placed& placed :
         PlacesOf(header, static_cast<Index>(data.size()))) {
      const Index size = placed.end - placed.begin;
      const Index width = SizeOf(placed.type);
      const std::string what = Str("array '", placed.name, "'");
      if (ElementCount(placed.shape, size / width, what) * width != size) {
        FailFormat(Str("the shape of '", placed.name, "' is not its size"));
      }
      content.arrays.push_back(
          {placed.name, placed.shape,
           DecodeElements(placed.type,
                          data.substr(At(placed.begin), At(size)))});
    }
  } catch (const Json::exception&) {
    FailFormat("its header is no JSON, or lacks an entry");
  }
  return content;
}

}  // namespace

extern const WeightFormat kSafetensorsFormat;
const WeightFormat kSafetensorsFormat = {
    "safetensors",
    "arrays in Hugging Face's format, dense matrices outputs x inputs unless "
    "its metadata says that Flax, TensorFlow or NumPy wrote it",
    MatchesSafetensors, ReadSafetensors};

}  // namespace mtlkit
