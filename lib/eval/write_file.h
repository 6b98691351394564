#pragma once

#include <string>

#include "base/reporter.h"
#include "h5/file_reader.h"
#include "text/written_format.h"

namespace mtlkit {

// Writes a dataset, features or predictions in another format, as
// WrittenFormat::write does. Throws kUsage where rows of a split are wanted of
// predictions, which have none.
void WriteFileAs(const WrittenFormat& format, FileReader file,
                 const WritingOptions& options, const std::string& output,
                 Reporter* reporter);

}  // namespace mtlkit
