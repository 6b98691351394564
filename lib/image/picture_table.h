#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/reporter.h"
#include "data/dataset.h"
#include "image/picture_file.h"

namespace mtlkit {

// What is known of pictures beside their pixels.

// `table`, a table whose ids name pictures (by place or name, with or without
// the ending), as one of the pictures, in their order: its inputs, and its
// splits. A picture without a row has missing cells, a row without a picture is
// left out, both are warned of. `what` is how messages call the table.
//
// Throws kBadInput for a table without ids, with tasks, of which no row is one
// of the pictures, and rows that several pictures have.
Dataset TableOfPictures(const Dataset& table, bool has_ids,
                        std::span<const PictureFile> files,
                        const std::string& what, Reporter* reporter);

// The column `class` of the first folders that they lie in; none where all lie
// in the folder itself.
std::vector<InputBlock> FoldersAsClasses(std::span<const PictureFile> files);

}  // namespace mtlkit
