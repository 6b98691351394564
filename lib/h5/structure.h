#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "h5/array_info.h"
#include "h5/fd_driver.h"
#include "h5/hdf5_session.h"
#include "h5/types.h"

// What an open HDF5 file holds, found in one walk that refuses everything a
// file of ours does not have. All of it is called with Hdf5Lock held.
namespace mtlkit::internal {

// Limits of docs/file-format.md, kept by writers and checked by readers.
constexpr Index kMaxDepth = 8;
constexpr Index kMaxObjects = 65536;
constexpr Index kMaxAttributes = 1024;
constexpr Index kMaxAttributeBytes = 64000;
constexpr Index kMaxNameBytes = 255;
constexpr Index kMaxRank = 6;
constexpr Index kMaxChunkBytes = Index{1} << 20;
// Deflate reaches 1032 to 1; more is a forgery.
constexpr Index kMaxExpansion = 1100;

// The value of an attribute, as it stands in the file.
struct AttributeValue {
  bool is_text = false;
  ElementType type = ElementType::kI64;
  Index text_size = 0;
  Shape shape;  // rank 0 or 1
  std::string bytes = {};
};

struct Object {
  bool is_group = false;
  // Of arrays:
  ArrayInfo info;
  bool is_contiguous = false;
  Index offset = 0;  // of contiguous values, from the start of the file
  std::map<std::string, AttributeValue, std::less<>> attributes;

  // Bytes of one number or text.
  Index element_size() const {
    return info.is_text ? info.text_size : ElementSize(info.type);
  }
};

// By path, in the order of bytes; the root is "".
using ObjectMap = std::map<std::string, Object, std::less<>>;

// Text `i` of several of `width` bytes, without its padding.
std::string TextAt(std::string_view bytes, Index width, Index i);

// Whether `name` can be a component of a path.
bool IsLegalComponent(std::string_view name);

// Walks `file`. Throws kBadInput at the first thing that a file of ours does
// not have: other links, types, filters, layouts, sizes.
ObjectMap InspectStructure(hid_t file, Index file_size);

// The type of numbers in a file (little-endian) and in memory.
hid_t FileTypeOf(ElementType type);

// "f4[40, 8]", "str9[3]".
std::string TypeText(bool is_text, ElementType type, Index text_size,
                     const Shape& shape);

}  // namespace mtlkit::internal
