#include "h5/foreign_values.h"

#include <algorithm>
#include <array>
#include <functional>

#include "base/error.h"
#include "h5/structure.h"

namespace mtlkit::internal {
namespace {

constexpr Index kMostAttributeElements = Index{1} << 22;
// What an array may declare without having stored it.
constexpr Index kMostUnstored = Index{1} << 20;

struct ForeignType {
  ForeignObject::Kind kind = ForeignObject::Kind::kUnread;
  ElementType type = ElementType::kF32;
  std::string why_unread = {};
};

ForeignType Unread(std::string why) {
  return {.why_unread = std::move(why)};
}

ForeignType WholeNumbers(hid_t type) {
  constexpr std::array<ElementType, 4> kSigned = {
      ElementType::kI8, ElementType::kI16, ElementType::kI32,
      ElementType::kI64};
  constexpr std::array<ElementType, 4> kUnsigned = {
      ElementType::kU8, ElementType::kU16, ElementType::kU32,
      ElementType::kU64};
  const bool is_signed = H5Tget_sign(type) == H5T_SGN_2;
  for (const ElementType candidate : is_signed ? kSigned : kUnsigned) {
    if (static_cast<Index>(H5Tget_size(type)) == ElementSize(candidate)) {
      return {ForeignObject::Kind::kNumbers, candidate};
    }
  }
  return Unread(Str("has whole numbers of ", H5Tget_size(type), " bytes"));
}

ForeignType TypeOf(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
      return WholeNumbers(type);
    case H5T_ENUM: {
      const Handle base(H5Tget_super(type), H5Tclose);
      return WholeNumbers(base.id());
    }
    case H5T_FLOAT:
      if (H5Tget_size(type) > sizeof(double)) {
        return Unread(Str("has numbers of ", H5Tget_size(type),
                          " bytes, beyond double precision"));
      }
      return {ForeignObject::Kind::kNumbers, H5Tget_size(type) > sizeof(float)
                                                 ? ElementType::kF64
                                                 : ElementType::kF32};
    case H5T_STRING:
      return {ForeignObject::Kind::kTexts};
    case H5T_COMPOUND:
      return Unread("has records of several values (or complex numbers)");
    case H5T_VLEN:
      return Unread("has lists of different lengths");
    case H5T_OPAQUE:
      return Unread("has bytes of a kind that only its program knows");
    case H5T_REFERENCE:
      return Unread("has references to other objects");
    default:
      return Unread("has values that are neither numbers nor texts");
  }
}

// The shape, or nothing where it is beyond all memory or there are no values.
std::optional<Shape> ShapeOf(hid_t space, Index unit) {
  const H5S_class_t kind = H5Sget_simple_extent_type(space);
  if (kind == H5S_SCALAR) return Shape{};
  const int rank = H5Sget_simple_extent_ndims(space);
  if (kind != H5S_SIMPLE || rank < 0 || rank > H5S_MAX_RANK) {
    return std::nullopt;
  }
  std::array<hsize_t, H5S_MAX_RANK> sizes{};
  if (H5Sget_simple_extent_dims(space, sizes.data(), nullptr) < 0) {
    return std::nullopt;
  }
  Index bytes = unit;
  Shape shape;
  for (std::size_t i = 0; i < static_cast<std::size_t>(rank); ++i) {
    if (sizes[i] >= (hsize_t{1} << 62)) return std::nullopt;
    shape.push_back(static_cast<Index>(sizes[i]));
    // A length of 0 does not excuse the others.
    if (__builtin_mul_overflow(bytes, std::max<Index>(shape.back(), 1),
                               &bytes)) {
      return std::nullopt;
    }
  }
  return shape;
}

// Of a filter that is not here, its name.
std::string UnknownFilter(hid_t creation) {
  const int count = H5Pget_nfilters(creation);
  for (int i = 0; i < count; ++i) {
    std::array<char, 64> name{};
    unsigned flags = 0;
    std::size_t values = 0;
    const H5Z_filter_t filter =
        H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &values,
                       nullptr, name.size() - 1, name.data(), nullptr);
    if (filter < 0) return "an unknown filter";
    if (H5Zfilter_avail(filter) <= 0) {
      return name[0] == '\0' ? Str("filter ", filter) : name.data();
    }
  }
  return "";
}

// Where the values are, before anything that could go there.
std::string WhyNotHere(hid_t creation) {
  const H5D_layout_t layout = H5Pget_layout(creation);
  if (layout == H5D_VIRTUAL) {
    return "is a virtual dataset, whose values lie in other files";
  }
  if (H5Pget_external_count(creation) != 0) {
    return "keeps its values in other files";
  }
  if (layout != H5D_COMPACT && layout != H5D_CONTIGUOUS &&
      layout != H5D_CHUNKED) {
    return "has an unknown layout";
  }
  const std::string filter = UnknownFilter(creation);
  if (filter.empty()) return "";
  return Str("is compressed in a way (", filter, ") that is not read; gzip is");
}

bool IsStored(hid_t dataset, hid_t creation, Index declared) {
  const auto stored = static_cast<Index>(H5Dget_storage_size(dataset));
  const Index most = H5Pget_nfilters(creation) > 0 ? kMaxExpansion : 1;
  return (declared - kMostUnstored) / most <= std::max<Index>(stored, 0);
}

Index CountOf(const Shape& shape) {
  return ElementCount(shape);
}

// Reads texts with `read`, which fills memory of a type.
std::vector<std::string> TextsWith(
    hid_t type, Index count, const std::string& path,
    const std::function<herr_t(hid_t, void*)>& read) {
  std::vector<std::string> texts;
  if (count == 0) return texts;
  const Handle memory(H5Tcopy(type), H5Tclose);
  if (H5Tis_variable_str(type) > 0) {
    std::vector<char*> places(static_cast<std::size_t>(count), nullptr);
    if (read(memory.id(), places.data()) < 0) FailForeign(path, "read it");
    for (const char* text : places) {
      texts.emplace_back(text == nullptr ? "" : text);
      H5free_memory(const_cast<char*>(text));
    }
    return texts;
  }
  const auto width = static_cast<Index>(H5Tget_size(type));
  std::string bytes(static_cast<std::size_t>(width * count), '\0');
  if (read(memory.id(), bytes.data()) < 0) FailForeign(path, "read it");
  const bool has_blanks = H5Tget_strpad(type) == H5T_STR_SPACEPAD;
  for (Index i = 0; i < count; ++i) {
    std::string text = TextAt(bytes, width, i);
    if (H5Tget_strpad(type) == H5T_STR_NULLTERM) {
      text.resize(std::min(text.size(), text.find('\0')));
    }
    while (has_blanks && text.ends_with(' ')) text.pop_back();
    texts.push_back(std::move(text));
  }
  return texts;
}

}  // namespace

void FailForeign(std::string_view path, std::string_view doing) {
  RequireMemory();
  Fail(ErrorKind::kBadInput,
       Str("'/", path, "': HDF5 cannot ", doing, ": ", Hdf5Reason()),
       "restore it from a copy");
}

ForeignObject InspectForeignArray(hid_t dataset, const std::string& path) {
  ForeignObject object{.kind = ForeignObject::Kind::kUnread};
  const Handle creation(H5Dget_create_plist(dataset), H5Pclose);
  if (!creation.valid()) FailForeign(path, "describe it");
  object.why_unread = WhyNotHere(creation.id());
  if (!object.why_unread.empty()) return object;
  const Handle type(H5Dget_type(dataset), H5Tclose);
  const Handle space(H5Dget_space(dataset), H5Sclose);
  if (!type.valid() || !space.valid()) FailForeign(path, "describe it");
  ForeignType found = TypeOf(type.id());
  const auto unit = static_cast<Index>(H5Tget_size(type.id()));
  const std::optional<Shape> shape =
      ShapeOf(space.id(), std::max<Index>(unit, sizeof(double)));
  object.why_unread = std::move(found.why_unread);
  if (!shape) {
    object.why_unread = "has no values, or more than any memory";
    return object;
  }
  object.shape = *shape;
  if (!object.why_unread.empty()) return object;
  if (!IsStored(dataset, creation.id(), CountOf(*shape) * unit)) {
    object.why_unread = "declares values that are not in the file";
    return object;
  }
  object.kind = found.kind;
  object.type = found.type;
  return object;
}

std::optional<ForeignAttribute> ReadForeignAttribute(hid_t attribute,
                                                     const std::string& path) {
  const Handle type(H5Aget_type(attribute), H5Tclose);
  const Handle space(H5Aget_space(attribute), H5Sclose);
  if (!type.valid() || !space.valid()) FailForeign(path, "read an attribute");
  const ForeignType found = TypeOf(type.id());
  if (found.kind == ForeignObject::Kind::kUnread) return std::nullopt;
  const auto unit = static_cast<Index>(H5Tget_size(type.id()));
  const std::optional<Shape> shape = ShapeOf(space.id(), unit);
  if (!shape) return std::nullopt;
  const Index count = CountOf(*shape);
  Require(count <= kMostAttributeElements &&
              unit <= kMostAttributeElements / std::max<Index>(count, 1),
          ErrorKind::kBadInput,
          Str("'/", path, "' has an attribute of ", count, " values"));
  ForeignAttribute result;
  result.shape = *shape;
  result.is_text = found.kind == ForeignObject::Kind::kTexts;
  if (result.is_text) {
    result.texts =
        TextsWith(type.id(), count, path, [&](hid_t memory, void* places) {
          return H5Aread(attribute, memory, places);
        });
    return result;
  }
  result.numbers.resize(static_cast<std::size_t>(count));
  if (count > 0 &&
      H5Aread(attribute, H5T_NATIVE_DOUBLE, result.numbers.data()) < 0) {
    FailForeign(path, "read an attribute");
  }
  return result;
}

std::vector<std::string> ReadTextsOf(hid_t dataset, hid_t memory_space,
                                     hid_t file_space, Index count,
                                     const std::string& path) {
  const Handle type(H5Dget_type(dataset), H5Tclose);
  if (!type.valid()) FailForeign(path, "describe it");
  return TextsWith(type.id(), count, path, [&](hid_t memory, void* places) {
    return H5Dread(dataset, memory, memory_space, file_space, H5P_DEFAULT,
                   places);
  });
}

}  // namespace mtlkit::internal
