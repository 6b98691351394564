#include "interop/data_array.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "h5/digest.h"
#include "text/text_source.h"

namespace mtlkit {

#define MTLKIT_REGISTRY ArrayFormats
#define MTLKIT_REGISTRY_ENTRY ArrayFormat
#define MTLKIT_REGISTRY_LIST "interop/array_formats.def"
#include "base/registry_list.inc"

namespace {

std::vector<DataArray> Choose(std::vector<DataArray> arrays,
                              std::span<const ArrayChoice> chosen) {
  std::vector<DataArray> taken;
  for (const ArrayChoice& one : chosen) {
    const auto found = std::ranges::find(arrays, one.path, &DataArray::name);
    if (found == arrays.end()) {
      Fail(ErrorKind::kBadInput, Str("there is no array '", one.path, "'"),
           "--array NAME=PATH names those that are there");
    }
    taken.push_back(*found);
    taken.back().name = one.name;
  }
  return taken;
}

}  // namespace

const ArrayFormat* FindArrayFormat(std::string_view head) {
  for (const ArrayFormat* format : ArrayFormats()) {
    if (format->matches(head)) return format;
  }
  return nullptr;
}

ArrayFile ReadArrayFile(const std::string& path, Index most,
                        std::span<const ArrayChoice> chosen) {
  return InContext(path == "-" ? "stdin" : path, [&] {
    const MappedBytes content = MapUnpacked(path, most);
    const ArrayFormat* format = FindArrayFormat(content.bytes.substr(0, 4096));
    Require(format != nullptr, ErrorKind::kBadInput,
            "is no file of arrays of a kind that is read",
            "mtl-convert --list formats names them");
    std::vector<std::string> wanted;
    for (const ArrayChoice& one : chosen) wanted.push_back(one.path);
    ArrayFile file{Sha256Of(content.bytes), std::ssize(content.bytes),
                   format->read(content, wanted)};
    if (!chosen.empty()) file.arrays = Choose(std::move(file.arrays), chosen);
    Require(!file.arrays.empty(), ErrorKind::kBadInput,
            "there is no array in it", "write it again");
    return file;
  });
}

}  // namespace mtlkit
