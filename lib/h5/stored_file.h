#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "h5/fd_driver.h"
#include "h5/structure.h"

namespace mtlkit::internal {

// An HDF5 file that is open for reading, or still open for writing, with the
// map of what it holds. Called with Hdf5Lock held.
struct StoredFile {
  hid_t file = -1;
  const Channel* channel = nullptr;
  Index size = 0;
  ObjectMap objects;
};

// `count` rows of the array at `path` (or the one value of a scalar) from row
// `first` on, as stored: numbers in their own type, texts padded with NUL. The
// row is everything behind the first dimension.
void ReadStoredRows(const StoredFile& file, const std::string& path,
                    const Object& object, Index first, Index count,
                    void* bytes);

// Rows and bytes of a row; a scalar is one row.
Index RowCount(const Object& object);
Index RowBytes(const Object& object);

// Calls `visit(bytes, count)` for the values at `path` in order, in pieces of
// about a megabyte.
void VisitValues(const StoredFile& file, const std::string& path,
                 const Object& object,
                 const std::function<void(const char*, Index)>& visit);

// SHA-256 of the logical content as docs/file-format.md defines it: all
// objects but `provenance`, whatever their compression and layout.
std::string ContentDigest(const StoredFile& file);
// Of the values of one array alone.
std::string ValueDigest(const StoredFile& file, const std::string& path);

// Attributes of the root, left out of the content digest, that hold it and the
// digest of the text at `provenance`.
constexpr std::string_view kContentAttribute = "content_sha256";
constexpr std::string_view kProvenanceAttribute = "provenance_sha256";
constexpr std::string_view kProvenancePath = "provenance";

}  // namespace mtlkit::internal
