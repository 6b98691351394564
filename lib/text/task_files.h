#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "text/format.h"
#include "text/text_source.h"

namespace mtlkit {

// A further file of SVMlight with the labels of another task.
struct TaskFile {
  std::string name;  // of the task
  std::unique_ptr<TextSource> source;
};

// NAME=FILE each. A name stands once for each of `inputs` inputs, in their
// order. The files of one input; throws kUsage for other lists.
std::vector<std::pair<std::string, std::string>> TaskFilesOf(
    const std::vector<std::string>& entries, std::size_t input,
    std::size_t inputs);

// The rows of `reader` with the labels of the files beside their own
// (Row::task_labels). Each file has the same rows in the same order, with the
// same features or with none at all; Next throws kBadInput where it has not.
// `files` must outlive the result.
std::unique_ptr<RowReader> WithTaskFiles(std::unique_ptr<RowReader> reader,
                                         const std::string& name,
                                         const std::vector<TaskFile>& files,
                                         const TextOptions& options);

}  // namespace mtlkit
