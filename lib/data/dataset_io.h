#pragma once

#include <functional>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "h5/file_reader.h"
#include "h5/file_writer.h"

namespace mtlkit {

// Reads a file of kind dataset or features; `path` may be "-". Dense inputs
// and codes are mappings of the file (which may then be replaced, not changed);
// labels, ids and splits are in memory. Everything is checked (CheckDataset).
Dataset ReadDataset(const std::string& path);
Dataset ReadDataset(const FileReader& file);

// Writes `dataset` with its provenance, which the caller has extended
// (h5/provenance.h); `path` may be "-". Checks it first. The same dataset gives
// the same bytes. Returns the content digest.
std::string WriteDataset(const Dataset& dataset, const std::string& path,
                         FileKind kind = FileKind::kDataset);

// The same with inputs that `write_inputs` puts into the file piece by piece
// and that have been through `transforms`; those of `dataset` are neither
// looked at nor written.
std::string WriteDataset(const Dataset& dataset, const std::string& path,
                         const TransformRecords& transforms,
                         const std::function<void(FileWriter&)>& write_inputs,
                         FileKind kind = FileKind::kDataset);

// The parts of a dataset that files of other kinds share: number of rows, ids,
// and tasks with their labels. Reading checks them; there are no inputs then.
void WriteRows(FileWriter& file, const Dataset& dataset);
// The first part of that: how many rows there are, and their ids.
void WriteRowNames(FileWriter& file, const RowIds& ids);
// Ids alone, at a path.
void WriteIds(FileWriter& file, const std::string& path, const RowIds& ids);
Dataset ReadRows(const FileReader& file);

// The same a piece at a time, for files of which nobody has to hold all rows.
Index ReadRowCount(const FileReader& file);
// Ids of rows; 0, 1, ... where the file has none. The file must outlive it.
class IdReader {
 public:
  explicit IdReader(const FileReader& file);

  Index count() const { return count_; }
  bool is_text() const { return is_text_; }
  // Those of rows [first, first + count).
  RowIds Read(Index first, Index count) const;

 private:
  NumberIds ReadNumberIds(Index first, Index count) const;

  const FileReader& file_;
  Index count_;
  bool has_ids_;
  bool is_text_;
};
// A task of such a file without its labels.
struct TaskOnFile {
  std::string path;
  Task task;
  bool on_all_rows = true;
  Index places = 0;
};
// All tasks, checked; of a file of `rows` rows.
std::vector<TaskOnFile> ReadTaskHeads(const FileReader& file, Index rows);
// The labels of one of them, checked.
Labels ReadLabels(const FileReader& file, const TaskOnFile& task, Index rows);

// Where a task is in such a file: "tasks/income".
std::string TaskPath(const Task& task);

// Fitted transforms under a group of a dataset or a model: their arrays in
// GROUP/NN-name/ and GROUP/spec, a JSON array of {name, spec}. Nothing is
// written where there are none.
void WriteTransforms(FileWriter& file, const TransformRecords& transforms,
                     const std::string& group = "transforms");
TransformRecords ReadTransforms(const FileReader& file,
                                const std::string& group = "transforms");

// One input block, as a dataset has it under inputs/, names/ and categories/.
// For those who write features row by row: the attributes and names only.
void WriteInputNames(FileWriter& file, const InputSpec& spec, Index position);

// One task but its labels: the attributes and classes of tasks/NAME, whose
// array `y` must exist. For those who write labels row by row.
void WriteTaskHead(FileWriter& file, const Task& task, Index position);

}  // namespace mtlkit
