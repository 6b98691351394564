#pragma once

#include <span>
#include <string_view>

#include "image/picture.h"

namespace mtlkit {

// One line of the registry picture_formats.def: a format of image files.
struct PictureFormat {
  std::string_view name;
  std::string_view help;
  // Whether a file that begins so is one.
  bool (*matches)(std::string_view head);
  // Of all bytes of a file. What it says is not believed before `decode`: it
  // only serves to refuse early. Throws kBadInput without the file's name.
  PictureHeader (*read_header)(std::string_view bytes);
  // The first picture of it, not turned yet. The library that does it is not
  // trusted: see decode_pictures.h. Throws kBadInput where the file is damaged
  // or cut.
  Picture (*decode)(std::string_view bytes);
};
std::span<const PictureFormat* const> PictureFormats();

// The format that knows a file by its first bytes (16 are enough); null: none.
const PictureFormat* FindPictureFormat(std::string_view head);

// What a file is that begins so, of pictures that are not read: "a GIF"; ""
// where that is not known.
std::string_view OtherPicture(std::string_view head);

}  // namespace mtlkit
