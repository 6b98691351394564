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
  std::string masks;                 // pattern of files that are masks
  std::vector<std::string> mask_classes = {"background=0", "lesion=255"};
  // Whether it is no mistake where no file is a mask.
  bool masks_may_lack = false;

  void Describe(Fields& fields);
};

// Throws kUsage for sizes that are none.
PictureFit FitOf(const PictureOptions& options);

}  // namespace mtlkit
