#pragma once

#include <string_view>

#include "data/dataset.h"
#include "image/picture_options.h"

namespace mtlkit {

// Whether any input is of pictures.
bool HasPictures(const Schema& schema);

// `options` that make pictures as those were that a model or dataset is of: in
// their size and channels, and as its history (`provenance`) says that they
// were fitted; what the user gave (names of flags) stays. Throws kUsage where
// it has no pictures, which `file` names.
PictureOptions PicturesLike(const Schema& schema, std::string_view provenance,
                            std::string_view file,
                            const std::vector<std::string>& given,
                            PictureOptions options);

}  // namespace mtlkit
