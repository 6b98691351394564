#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/dataset_io.h"
#include "h5/file_reader.h"

namespace mtlkit {

// Reading and checking of files of predictions, for those who read them whole
// and those who read them by pieces.

// Where the predictions of a task are.
struct OutputArray {
  std::string path;
  Index cols = 0;
};

// Checks that it is there, with a number for each place and column.
OutputArray FindOutputs(const FileReader& file, const TaskOnFile& task);
// The shape of an array of one number or row a place.
Shape OutputShape(const Task& task, Index places, Index cols);
// Demands that shape of the array at `path`.
void RequireOutputShape(const FileReader& file, const std::string& path,
                        const Shape& wanted);

// Predictions of places [first, first + count); of maps they are bytes.
void ReadOutputs(const FileReader& file, const Task& task,
                 const OutputArray& array, Index first, Index count,
                 float* outputs);
// Probabilities as bytes, and back: 255 p, rounded.
std::uint8_t ByteOfProbability(float probability);

// The position of a value that is no probability, of numbers one that is not
// finite; -1: all are good.
Index FindBadOutput(const Task& task, std::span<const float> values);
[[noreturn]] void FailOutput(const std::string& where, const Task& task,
                             const std::string& id, float value);

// The classes that the model does not know, of places whose label `y` is
// missing for it.
UnknownLabels ReadUnknown(const FileReader& file, const TaskOnFile& task,
                          const LabelCells& y);

// Empty: there are none.
std::vector<double> ReadConstants(const FileReader& file, const Task& task);
bool AreConstantsAgreed(const FileReader& file, const Task& task);
std::vector<std::uint8_t> ReadSeen(const FileReader& file, Index rows);
// Dataset::groups of the rows; empty: there are none.
std::vector<std::int64_t> ReadGroups(const FileReader& file, Index rows);

// The texts of a task that are written; kBadInput where there are not as many
// as places.
WrittenTexts ReadWrittenTexts(const FileReader& file, const Task& task,
                              Index places);

}  // namespace mtlkit
