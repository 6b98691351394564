#include "interop/mapped_elements.h"

#include <bit>

namespace mtlkit {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::size_t kMapPieceBytes = std::size_t{1} << 18;

bool IsAligned(std::string_view bytes, std::size_t alignment) {
  return reinterpret_cast<std::uintptr_t>(bytes.data()) % alignment == 0;
}

// `own`: how T itself is kept.
template <class T>
Array<T> MapAs(ForeignElement type, ForeignElement own, const MappedBytes& data,
               bool big_endian) {
  const std::string_view bytes = data.bytes;
  if (type == own && (!big_endian || sizeof(T) == 1) &&
      IsAligned(bytes, alignof(T)) && data.owner != nullptr) {
    return Array<T>(
        {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)},
        data.owner);
  }
  SpilledArray<T> values;
  for (std::size_t at = 0; at < bytes.size(); at += kMapPieceBytes) {
    const std::string_view piece = bytes.substr(at, kMapPieceBytes);
    if constexpr (std::is_same_v<T, std::uint8_t>) {
      values.Append({reinterpret_cast<const T*>(piece.data()), piece.size()});
    } else {
      values.Append(DecodeElementsAs<T>(type, piece, big_endian));
    }
  }
  return values.Finish();
}

}  // namespace

Array<std::int64_t> MapWholes(ForeignElement type, const MappedBytes& data,
                              bool big_endian) {
  return MapAs<std::int64_t>(type, ForeignElement::kInt64, data, big_endian);
}

ArrayValues MapNumbers(ForeignElement type, const MappedBytes& data,
                       bool big_endian) {
  if (type == ForeignElement::kUint8) {
    return MapAs<std::uint8_t>(type, type, data, big_endian);
  }
  if (type == ForeignElement::kFloat64) {
    return MapAs<double>(type, type, data, big_endian);
  }
  if (IsWholeNumber(type)) return MapWholes(type, data, big_endian);
  return MapAs<float>(type, ForeignElement::kFloat32, data, big_endian);
}

}  // namespace mtlkit
