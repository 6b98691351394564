#pragma once

#include <string>
#include <vector>

#include "image/picture.h"

namespace mtlkit {

// A file of a folder of pictures.
struct PictureFile {
  std::string path;   // to open it
  std::string place;  // below its folder, with '/' between: "benign/a.png"
  Index input = 0;    // of which of the folders given it is
  PictureHeader header;

  // Without folders, and without the ending.
  std::string name() const;
  std::string stem() const;
  // The first folder of its place; "" where there is none.
  std::string folder() const;
  // Its place without the ending.
  std::string id() const;
};

// What was found in folders.
struct PictureListing {
  std::vector<PictureFile> files;   // by input, then by place
  std::vector<std::string> others;  // files that are no pictures, likewise
  std::vector<std::string> sha256;  // of each input: places and bytes
};

// The pictures in and below each of `folders`, but for those whose place or
// name matches a pattern of `without` (MatchesPattern); names that begin with
// a dot are not looked at, nor what links lead to that are folders. Reads every
// picture once, and decodes none.
//
// Throws kMissingInput where a folder or file cannot be read; kBadInput, naming
// the file, for pictures of formats that are not read, files that are called
// like pictures and are none, sides beyond all limits, two of one id, and
// folders without any.
PictureListing ListPictures(const std::vector<std::string>& folders,
                            const std::vector<std::string>& without);

// All bytes of a file. Throws kMissingInput, without the name in front.
std::string ReadPictureBytes(const std::string& path);

}  // namespace mtlkit
