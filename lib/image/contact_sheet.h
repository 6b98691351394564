#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "image/picture.h"

namespace mtlkit {

// Samples of a dataset's pictures beside each other.
struct ContactSheet {
  Picture picture;
  std::vector<std::string> lines;  // what each row of it shows
};

// Up to ten pictures a class, a row each, of rows that lie as far apart as the
// class has them: of the first task of classes, else of the first column of
// categories; without either, rows of pictures of the whole. Of several blocks
// of pictures the first. Of a task that is a map of them the edges are drawn in
// green. Throws kUsage for a dataset without pictures, or of
// other channels than 1 and 3.
ContactSheet MakeContactSheet(const Dataset& dataset);

}  // namespace mtlkit
