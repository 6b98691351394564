#pragma once

#include <memory>
#include <string>

#include "base/view.h"
#include "text/format.h"
#include "text/task_files.h"
#include "text/text_source.h"

namespace mtlkit {

// One of the files that are rows of a table.
struct TableFile {
  std::string split;  // "" if its rows are in none
  std::unique_ptr<TextSource> source;
  std::vector<TaskFile> task_files;
  std::vector<TaskFile> line_files;  // a column each (line_files.h)
  std::unique_ptr<RowReader> reader;
  Index rows = 0;  // known after the scan
};

}  // namespace mtlkit
