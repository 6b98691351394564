#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "image/fit_picture.h"

namespace mtlkit {

// How folders of pictures become a dataset (mtl-convert).
struct PictureOptions {
  std::string size;                  // "" : as they are
  std::string fit = "stretch";       // stretch | pad | crop
  std::string channels = "auto";     // auto | grey | colour
  std::vector<std::string> without;  // patterns of files that are left out

  void Describe(Fields& fields);
};

// Throws kUsage for sizes that are none.
PictureFit FitOf(const PictureOptions& options);

}  // namespace mtlkit
