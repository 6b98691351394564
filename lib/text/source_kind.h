#pragma once

#include <string_view>

namespace mtlkit {

// What the first bytes of a file say it is.
enum class SourceKind {
  kEmpty,
  kMtlH5,  // our container
  kHdf5,   // HDF5 of another origin
  kGzip,
  kXz,
  kBzip2,
  kZstd,
  kCut,  // too short to tell: the beginning of a compressed file
  kParquet,
  kForeign,  // a known kind that nothing here reads (zip, PDF, ...)
  kUtf16,
  kBinary,  // control bytes: no text
  kText,
};

// Bytes at the front of a file that are enough to tell.
inline constexpr std::size_t kSniffBytes = 4096;

// `head`: the first kSniffBytes of a file, or all of it where it is shorter.
SourceKind SniffSource(std::string_view head);

// Whether a file of arrays may begin so, which ConvertTables does not take
// (interop/array_formats.def), packed ones apart.
bool MayBeArrays(std::string_view head);

// Whether text may be inside (text/decompress.h).
bool IsCompressed(SourceKind kind);

// "a zip archive", "gzip", "text" ...; for messages.
std::string_view DescribeSource(std::string_view head);

// " (byte 0x1b in line 3)": the first byte that no text holds; "" if none.
std::string PlaceOfControlByte(std::string_view head);

// What to do with content that is no text, compressed or not; "" if nothing
// better is known.
std::string_view SourceAdvice(std::string_view head);

}  // namespace mtlkit
