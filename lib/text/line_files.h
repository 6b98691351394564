#pragma once

#include <memory>
#include <string>
#include <vector>

#include "text/convert_options.h"
#include "text/format.h"
#include "text/table_file.h"

namespace mtlkit {

// Whether it is a folder of the files seq.in (a text a line), seq.out (the
// labels of its words) and label (that of the text), one of which it has.
bool IsTokenFolder(const std::string& path);

// The inputs with their line files: of such a folder those that it has, as the
// columns `words`, `tags` and `intent`; with `parallel`, of all inputs called
// COLUMN or SPLIT.COLUMN those of one split. kUsage for other names.
std::vector<TableInput> WithLineFilesOf(std::vector<TableInput> inputs,
                                        bool parallel);

// Files whose lines are the cells of a column each, line by line, as rows. Next
// throws kBadInput where one has fewer lines than another. They must outlive
// the result.
std::unique_ptr<RowReader> LinesBeside(const std::vector<TaskFile>& files);

}  // namespace mtlkit
