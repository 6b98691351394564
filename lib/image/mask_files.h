#pragma once

#include <string>
#include <vector>

#include "image/picture_file.h"

namespace mtlkit {

// The masks of pictures, which lie beside them.
struct MaskFiles {
  std::vector<PictureFile> files;  // in the order of the pictures
  std::vector<Index> pictures;     // of which each is, one a file
};

// Takes the files whose place or name matches `pattern` out of `pictures`. What
// the first `*` of the pattern stands for, as long as it can be, is the stem
// of its picture: with '*_mask*' benign/a_mask_1.png is one of benign/a.png. Of
// a pattern with '/' it may be its place below the folder, without the ending,
// or the name of the only picture that is called so: with 'masks/*'
// masks/a.png is one of a.png.
//
// Throws kUsage for a pattern without `*`; kBadInput, naming the files, for a
// mask without a picture, or of another size than it.
MaskFiles TakeMasks(const std::string& pattern,
                    std::vector<PictureFile>* pictures);

}  // namespace mtlkit
