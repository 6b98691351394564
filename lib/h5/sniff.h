#pragma once

#include <string_view>

namespace mtlkit {

// What a file is by its first bytes, whatever its name.
enum class Content {
  kEmpty,
  kMtlkit,  // a file of ours
  kHdf5,    // some other HDF5 file
  kGzip,
  kZstd,
  kXz,
  kBzip2,
  kNpy,
  kZip,  // zip, npz, xlsx
  kParquet,
  kPdf,
  kImage,
  kArff,
  kJson,
  kHtml,
  kPickle,      // of Python
  kLfsPointer,  // what Git leaves in place of a large file
  kText,        // delimited text, SVMlight, ...
  kUnknown,     // none of these; binary
};

// `head` is the start of the file; 512 bytes are enough.
Content SniffContent(std::string_view head);
// "this is <...>": "CSV or other text", "gzip".
std::string_view ContentName(Content content);

}  // namespace mtlkit
