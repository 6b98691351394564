#pragma once

#include <string>
#include <vector>

#include "base/reporter.h"
#include "image/picture_options.h"
#include "text/convert.h"

namespace mtlkit {

// Writes a dataset of the pictures in and below the folders `inputs`
// (picture_file.h) to `output`, whole or not at all; "-" is stdout: the block
// `image` of bytes, and beside it, where `reading.labels` names one, the
// columns of that table or dataset, read as `reading` says, otherwise the
// column `class` of the folders that they lie in; and the task `mask` of those
// that are masks (mask_files.h, read_masks.h). Rows are called by their
// place; with several inputs, each of which is a split, its name stands in
// front. Decodes each picture once, and holds some at a time. What would take
// more than `reading.max_size` is refused before. Lines say what was found.
//
// Throws kUsage for inputs without a name beside others; kBadInput, naming the
// file, for pictures of sizes that differ where none is asked for, and for what
// picture_file.h and picture_table.h refuse.
void ConvertPictures(const std::vector<TableInput>& inputs,
                     const PictureOptions& options,
                     const ConvertOptions& reading, const std::string& output,
                     const ConvertRecord& record, Reporter* reporter);

// Whether it is a folder, which ConvertPictures takes.
bool IsPictureFolder(const std::string& path);

}  // namespace mtlkit
