#include "h5/structure.h"

#include <array>

#include "base/error.h"
#include "base/terminal_text.h"

namespace mtlkit::internal {
namespace {

constexpr std::array<ElementType, 10> kElementTypes = {
    ElementType::kI8,  ElementType::kI16, ElementType::kI32, ElementType::kI64,
    ElementType::kU8,  ElementType::kU16, ElementType::kU32, ElementType::kU64,
    ElementType::kF32, ElementType::kF64};

[[noreturn]] void Refuse(std::string_view path, std::string_view why) {
  Fail(ErrorKind::kBadInput,
       Str("'/", path, "' ", why, ", which no file of mtlkit has"),
       "bring files of other programs in with mtl-convert");
}

void Check(bool holds, std::string_view path, std::string_view why) {
  if (!holds) Refuse(path, why);
}

[[noreturn]] void FailHdf5(std::string_view path, std::string_view doing) {
  RequireMemory();
  Fail(ErrorKind::kBadInput,
       Str("'/", path, "': cannot ", doing, ": ", Hdf5Reason()));
}

struct TypeInfo {
  bool is_text = false;
  ElementType type = ElementType::kI64;
  Index text_size = 0;
};

TypeInfo InspectType(hid_t type, std::string_view path) {
  Check(H5Tcommitted(type) == 0, path, "has a named type");
  const H5T_class_t kind = H5Tget_class(type);
  if (kind == H5T_STRING) {
    Check(H5Tis_variable_str(type) == 0, path, "has texts of variable length");
    Check(H5Tget_strpad(type) == H5T_STR_NULLPAD &&
              H5Tget_cset(type) == H5T_CSET_UTF8,
          path, "has texts that are not UTF-8 padded with NUL");
    const auto size = static_cast<Index>(H5Tget_size(type));
    Check(size >= 1, path, "has texts without room");
    return {.is_text = true, .text_size = size};
  }
  Check(kind == H5T_INTEGER || kind == H5T_FLOAT, path,
        "has values that are neither numbers nor texts");
  for (const ElementType candidate : kElementTypes) {
    if (H5Tequal(type, FileTypeOf(candidate)) > 0) return {.type = candidate};
  }
  Refuse(path, "has numbers of an unusual type");
}

// The product of sizes and `unit`, refused where it overflows or exceeds
// `limit` bytes.
Index CheckedBytes(const Shape& shape, Index unit, std::string_view path) {
  Index bytes = unit;
  bool is_empty = false;
  for (const Index size : shape) {
    Check(size >= 0, path, "has a negative size");
    if (size == 0) {
      is_empty = true;
    } else if (__builtin_mul_overflow(bytes, size, &bytes)) {
      Refuse(path, "has a size beyond all memory");
    }
  }
  return is_empty ? 0 : bytes;
}

Shape InspectSpace(hid_t space, std::string_view path) {
  const H5S_class_t kind = H5Sget_simple_extent_type(space);
  Check(kind == H5S_SCALAR || kind == H5S_SIMPLE, path, "has no values");
  const int rank = H5Sget_simple_extent_ndims(space);
  Check(rank >= 0 && rank <= kMaxRank, path, "has too many dimensions");
  std::array<hsize_t, kMaxRank> sizes{};
  std::array<hsize_t, kMaxRank> most{};
  if (H5Sget_simple_extent_dims(space, sizes.data(), most.data()) < 0) {
    FailHdf5(path, "read its shape");
  }
  Shape shape;
  for (std::size_t i = 0; i < static_cast<std::size_t>(rank); ++i) {
    Check(sizes[i] == most[i], path, "can grow");
    Check(sizes[i] < (hsize_t{1} << 62), path, "has a size beyond all memory");
    shape.push_back(static_cast<Index>(sizes[i]));
  }
  return shape;
}

AttributeValue InspectAttribute(hid_t attribute, std::string_view path) {
  const Handle type(H5Aget_type(attribute), H5Tclose);
  const Handle space(H5Aget_space(attribute), H5Sclose);
  if (!type.valid() || !space.valid()) FailHdf5(path, "read an attribute");
  const TypeInfo info = InspectType(type.id(), path);
  AttributeValue value{.is_text = info.is_text,
                       .type = info.type,
                       .text_size = info.text_size,
                       .shape = InspectSpace(space.id(), path)};
  Check(value.shape.size() <= 1, path, "has an attribute of rank above 1");
  const Index unit = info.is_text ? info.text_size : ElementSize(info.type);
  const Index bytes = CheckedBytes(value.shape, unit, path);
  Check(bytes <= kMaxAttributeBytes, path,
        "has an attribute above 64000 bytes");
  value.bytes.resize(static_cast<std::size_t>(bytes));
  if (bytes > 0 && H5Aread(attribute, type.id(), value.bytes.data()) < 0) {
    FailHdf5(path, "read an attribute");
  }
  for (Index i = 0; info.is_text && i < ElementCount(value.shape); ++i) {
    Check(IsValidUtf8(TextAt(value.bytes, unit, i)), path,
          "has an attribute that is not UTF-8");
  }
  return value;
}

void InspectAttributes(hid_t object, Index count, std::string_view path,
                       Object* result) {
  Check(count <= kMaxAttributes, path, "has too many attributes");
  for (Index i = 0; i < count; ++i) {
    const Handle attribute(
        H5Aopen_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC,
                       static_cast<hsize_t>(i), H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose);
    if (!attribute.valid()) FailHdf5(path, "open an attribute");
    std::array<char, kMaxNameBytes + 1> name{};
    const ssize_t length =
        H5Aget_name(attribute.id(), name.size(), name.data());
    Check(length > 0 && length <= kMaxNameBytes &&
              (name[0] == '_' || IsLegalComponent(name.data())),
          path, "has an attribute with an illegal name");
    result->attributes[name.data()] = InspectAttribute(attribute.id(), path);
  }
}

// At most shuffle, deflate, fletcher32, in this order, one of each.
// Returns whether there is a compression.
bool InspectFilters(hid_t creation, std::string_view path) {
  constexpr std::array<H5Z_filter_t, 3> kOrder = {
      H5Z_FILTER_SHUFFLE, H5Z_FILTER_DEFLATE, H5Z_FILTER_FLETCHER32};
  const int count = H5Pget_nfilters(creation);
  Check(count >= 0 && count <= 3, path, "has too many filters");
  std::size_t next = 0;
  bool is_deflated = false;
  for (int i = 0; i < count; ++i) {
    unsigned flags = 0;
    std::size_t values = 0;
    const H5Z_filter_t filter =
        H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &values,
                       nullptr, 0, nullptr, nullptr);
    while (next < kOrder.size() && kOrder[next] != filter) ++next;
    Check(next < kOrder.size(), path, "has another filter");
    ++next;
    is_deflated = is_deflated || filter == H5Z_FILTER_DEFLATE;
  }
  return is_deflated;
}

void InspectChunks(hid_t creation, const Shape& shape, Index unit,
                   std::string_view path) {
  std::array<hsize_t, kMaxRank> sizes{};
  const int rank = H5Pget_chunk(creation, kMaxRank, sizes.data());
  Check(rank == static_cast<int>(shape.size()), path,
        "has chunks of another rank");
  Shape chunk;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    Check(sizes[i] >= 1 && sizes[i] < (hsize_t{1} << 32), path,
          "has chunks of an unusual size");
    chunk.push_back(static_cast<Index>(sizes[i]));
    Check(i == 0 || chunk[i] == shape[i], path,
          "has chunks that are not whole rows");
  }
  Check(CheckedBytes(chunk, unit, path) <= kMaxChunkBytes, path,
        "has chunks above 1 MiB");
}

void InspectStorage(hid_t dataset, hid_t creation, Index file_size,
                    std::string_view path, Object* object) {
  const Index declared =
      CheckedBytes(object->info.shape, object->element_size(), path);
  const H5D_layout_t layout = H5Pget_layout(creation);
  Check(layout == H5D_CONTIGUOUS || layout == H5D_CHUNKED ||
            layout == H5D_COMPACT,
        path, "has another layout");
  Check(H5Pget_external_count(creation) == 0, path, "lies in other files");
  const bool is_deflated = InspectFilters(creation, path);
  if (layout == H5D_CHUNKED) {
    InspectChunks(creation, object->info.shape, object->element_size(), path);
  }
  const hsize_t size = H5Dget_storage_size(dataset);
  const auto stored = static_cast<Index>(size);
  Check(size < (hsize_t{1} << 62) && stored <= file_size, path,
        "claims more room than its file has");
  object->info.stored_bytes = stored;
  object->is_contiguous = layout == H5D_CONTIGUOUS;
  object->info.is_mappable = object->is_contiguous && !object->info.is_text;
  if (layout == H5D_CHUNKED) {
    const Index most = is_deflated ? kMaxExpansion : 1;
    Check(declared / most <= stored, path, "has values that are not stored");
    return;
  }
  Check(declared == stored || declared == 0, path,
        "has values that are not stored");
  if (!object->is_contiguous || declared == 0) return;
  const haddr_t offset = H5Dget_offset(dataset);
  Check(offset < static_cast<haddr_t>(file_size) &&
            static_cast<Index>(offset) + declared <= file_size,
        path, "lies outside its file");
  object->offset = static_cast<Index>(offset);
}

Object InspectDataset(hid_t dataset, Index file_size, std::string_view path) {
  const Handle type(H5Dget_type(dataset), H5Tclose);
  const Handle space(H5Dget_space(dataset), H5Sclose);
  const Handle creation(H5Dget_create_plist(dataset), H5Pclose);
  if (!type.valid() || !space.valid() || !creation.valid()) {
    FailHdf5(path, "read its description");
  }
  const TypeInfo info = InspectType(type.id(), path);
  Object object;
  object.info.is_text = info.is_text;
  object.info.type = info.type;
  object.info.text_size = info.text_size;
  object.info.shape = InspectSpace(space.id(), path);
  InspectStorage(dataset, creation.id(), file_size, path, &object);
  return object;
}

class Walk {
 public:
  Walk(Index file_size, ObjectMap* objects)
      : file_size_(file_size), objects_(objects) {}

  void Visit(hid_t id, const std::string& path, Index depth) {
    Check(depth <= kMaxDepth, path, "lies too deep");
    Check(static_cast<Index>(objects_->size()) < kMaxObjects, path,
          "is one object too many");
    H5O_info_t info{};
    if (H5Oget_info2(id, &info, H5O_INFO_BASIC | H5O_INFO_NUM_ATTRS) < 0) {
      FailHdf5(path, "examine it");
    }
    Check(info.rc == 1, path, "has several names");
    Check(info.type == H5O_TYPE_GROUP || info.type == H5O_TYPE_DATASET, path,
          "is neither a group nor an array");
    Object object;
    if (info.type == H5O_TYPE_DATASET) {
      object = InspectDataset(id, file_size_, path);
    }
    object.is_group = info.type == H5O_TYPE_GROUP;
    InspectAttributes(id, static_cast<Index>(info.num_attrs), path, &object);
    Check(objects_->emplace(path, std::move(object)).second, path,
          "stands there twice");
    if (info.type == H5O_TYPE_GROUP) VisitMembers(id, path, depth);
  }

 private:
  void VisitMembers(hid_t group, const std::string& path, Index depth) {
    H5G_info_t info{};
    if (H5Gget_info(group, &info) < 0) FailHdf5(path, "list its members");
    Check(info.nlinks <= static_cast<hsize_t>(kMaxObjects), path,
          "has too many members");
    for (const std::string& name : MemberNames(group, path, info.nlinks)) {
      const std::string member = path.empty() ? name : Str(path, "/", name);
      const Handle id(H5Oopen(group, name.c_str(), H5P_DEFAULT), H5Oclose);
      if (!id.valid()) FailHdf5(member, "open it");
      Visit(id.id(), member, depth + 1);
    }
  }

  struct Listing {
    const std::string* path;
    std::vector<std::string> names;
    bool has_other_link = false;
    bool has_illegal_name = false;
  };

  static herr_t AddName(hid_t /*group*/, const char* name,
                        const H5L_info_t* info, void* data) {
    auto* listing = static_cast<Listing*>(data);
    listing->has_other_link |= info->type != H5L_TYPE_HARD;
    listing->has_illegal_name |= !IsLegalComponent(name);
    listing->names.emplace_back(name);
    const bool is_good =
        !listing->has_other_link && !listing->has_illegal_name &&
        static_cast<Index>(listing->names.size()) <= kMaxObjects;
    return is_good ? 0 : 1;
  }

  static std::vector<std::string> MemberNames(hid_t group,
                                              const std::string& path,
                                              hsize_t expected) {
    Listing listing{.path = &path, .names = {}};
    if (H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, AddName,
                   &listing) < 0) {
      FailHdf5(path, "list its members");
    }
    Check(!listing.has_other_link, path, "has a link that is not a hard one");
    Check(!listing.has_illegal_name, path, "has a member with an illegal name");
    Check(listing.names.size() == expected, path,
          "has another number of members than it says");
    return std::move(listing.names);
  }

  Index file_size_;
  ObjectMap* objects_;
};

}  // namespace

std::string TextAt(std::string_view bytes, Index width, Index i) {
  const auto room = static_cast<std::size_t>(width);
  std::string_view text =
      bytes.substr(static_cast<std::size_t>(i) * room, room);
  const std::size_t last = text.find_last_not_of('\0');
  return std::string(text.substr(0, last == text.npos ? 0 : last + 1));
}

bool IsLegalComponent(std::string_view name) {
  if (name.empty() || static_cast<Index>(name.size()) > kMaxNameBytes) {
    return false;
  }
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool is_word = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                         (c >= '0' && c <= '9') || c == '_' || c == '%';
    if (!is_word && (i == 0 || (c != '.' && c != '-'))) return false;
  }
  return true;
}

hid_t FileTypeOf(ElementType type) {
  switch (type) {
    case ElementType::kI8:
      return H5T_STD_I8LE;
    case ElementType::kI16:
      return H5T_STD_I16LE;
    case ElementType::kI32:
      return H5T_STD_I32LE;
    case ElementType::kI64:
      return H5T_STD_I64LE;
    case ElementType::kU8:
      return H5T_STD_U8LE;
    case ElementType::kU16:
      return H5T_STD_U16LE;
    case ElementType::kU32:
      return H5T_STD_U32LE;
    case ElementType::kU64:
      return H5T_STD_U64LE;
    case ElementType::kF32:
      return H5T_IEEE_F32LE;
    case ElementType::kF64:
      return H5T_IEEE_F64LE;
  }
  return -1;
}

std::string TypeText(bool is_text, ElementType type, Index text_size,
                     const Shape& shape) {
  const std::string unit =
      is_text ? Str("str", text_size) : std::string(ElementTypeName(type));
  return unit + ShapeText(shape);
}

ObjectMap InspectStructure(hid_t file, Index file_size) {
  ObjectMap objects;
  const Handle root(H5Oopen(file, "/", H5P_DEFAULT), H5Oclose);
  if (!root.valid()) FailHdf5("", "open it");
  Walk(file_size, &objects).Visit(root.id(), "", 0);
  return objects;
}

}  // namespace mtlkit::internal
