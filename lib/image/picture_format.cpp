#include "image/picture_format.h"

#include <array>
#include <utility>

namespace mtlkit {

#define MTLKIT_REGISTRY PictureFormats
#define MTLKIT_REGISTRY_ENTRY PictureFormat
#define MTLKIT_REGISTRY_LIST "image/picture_formats.def"
#include "base/registry_list.inc"

const PictureFormat* FindPictureFormat(std::string_view head) {
  for (const PictureFormat* format : PictureFormats()) {
    if (format->matches(head)) return format;
  }
  return nullptr;
}

std::string_view OtherPicture(std::string_view head) {
  using namespace std::string_view_literals;
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7>
      kBegin = {{{"GIF8"sv, "a GIF"},
                 {"BM"sv, "a bitmap (BMP)"},
                 {"II*\0"sv, "a TIFF"},
                 {"MM\0*"sv, "a TIFF"},
                 {"P5"sv, "a PGM"},
                 {"P6"sv, "a PPM"},
                 {"\0\0\0\x0cjP"sv, "a JPEG 2000"}}};
  for (const auto& [begin, name] : kBegin) {
    if (head.starts_with(begin)) return name;
  }
  if (head.starts_with("RIFF") &&
      head.substr(0, 16).find("WEBP") != head.npos) {
    return "a WebP";
  }
  // ISO media files name their kind behind "ftyp".
  const std::string_view kind = head.substr(0, 12);
  if (kind.find("ftypheic") != kind.npos) return "a HEIC";
  if (kind.find("ftypavif") != kind.npos) return "an AVIF";
  return {};
}

}  // namespace mtlkit
