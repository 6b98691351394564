#include "interop/data_array.h"

#include "base/error.h"
#include "base/json_text.h"
#include "h5/digest.h"

namespace mtlkit {

#define MTLKIT_REGISTRY ArrayFormats
#define MTLKIT_REGISTRY_ENTRY ArrayFormat
#define MTLKIT_REGISTRY_LIST "interop/array_formats.def"
#include "base/registry_list.inc"

const ArrayFormat* FindArrayFormat(std::string_view head) {
  for (const ArrayFormat* format : ArrayFormats()) {
    if (format->matches(head)) return format;
  }
  return nullptr;
}

ArrayFile ReadArrayFile(const std::string& path, Index most) {
  const std::string bytes =
      ReadTextFile(path, "raise --max-size, or write fewer rows a file", most);
  return InContext(path, [&] {
    const ArrayFormat* format =
        FindArrayFormat(std::string_view(bytes).substr(0, 4096));
    Require(format != nullptr, ErrorKind::kBadInput,
            "is no file of arrays of a kind that is read",
            "mtl-convert --list formats names them");
    ArrayFile file{path, Sha256Of(bytes), format->read(bytes)};
    Require(!file.arrays.empty(), ErrorKind::kBadInput,
            "there is no array in it", "write it again");
    return file;
  });
}

}  // namespace mtlkit
