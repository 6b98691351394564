#include "text/task_files.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "text/number_text.h"

namespace mtlkit {
namespace {

// One of the files while it is read.
struct OpenFile {
  std::string name;  // for messages
  std::unique_ptr<RowReader> reader;
  Row row;
  enum class Features { kUnknown, kAll, kNone } features = Features::kUnknown;
};

bool IsSame(const SparseCell& a, const SparseCell& b) {
  double left = 0;
  double right = 0;
  return a.column == b.column &&
         ParseCellNumber(a.text, '.', &left) ==
             ParseCellNumber(b.text, '.', &right) &&
         left == right;
}

class TaskFileReader : public RowReader {
 public:
  TaskFileReader(std::unique_ptr<RowReader> reader, std::string name,
                 std::vector<OpenFile> files)
      : reader_(std::move(reader)),
        name_(std::move(name)),
        files_(std::move(files)) {}

  const std::vector<Column>& columns() const override {
    return reader_->columns();
  }
  bool has_row_labels() const override { return true; }
  Numbering numbering() const override { return reader_->numbering(); }
  std::string Doubt() const override { return reader_->Doubt(); }

  std::string Describe() const override {
    std::vector<std::string> names;
    for (const OpenFile& file : files_) names.push_back(file.name);
    return Str(reader_->Describe(), ", with the labels of ",
               Join(names, " and "));
  }

  void Rewind() override {
    reader_->Rewind();
    for (OpenFile& file : files_) file.reader->Rewind();
  }

  bool Next(Row* row) override {
    const bool any = reader_->Next(row);
    row->task_labels.resize(files_.size());
    for (std::size_t i = 0; i < files_.size(); ++i) {
      OpenFile& file = files_[i];
      if (file.reader->Next(&file.row) != any) FailLength(file, any);
      if (!any) continue;
      RequireSameRow(*row, &file);
      row->task_labels[i] = file.row.labels;
    }
    return any;
  }

 private:
  using Features = OpenFile::Features;

  void RequireSameRow(const Row& row, OpenFile* file) const {
    if (file->features == Features::kUnknown && !row.entries.empty()) {
      file->features =
          file->row.entries.empty() ? Features::kNone : Features::kAll;
    }
    const bool is_same =
        file->features == Features::kNone
            ? file->row.entries.empty()
            : std::ranges::equal(row.entries, file->row.entries, IsSame);
    if (!is_same) Fail(*file, row, "has other features than");
    if (file->row.group && file->row.group != row.group) {
      Fail(*file, row, "has another qid than");
    }
  }

  [[noreturn]] void Fail(const OpenFile& file, const Row& row,
                         std::string_view what) const {
    mtlkit::Fail(ErrorKind::kBadInput,
                 Str(file.name, ":", file.row.line, ": ", what, " ", name_, ":",
                     row.line),
                 "the files of --task-files have the same rows in the same "
                 "order, with the same features or none");
  }

  [[noreturn]] void FailLength(const OpenFile& file, bool is_short) const {
    mtlkit::Fail(ErrorKind::kBadInput,
                 Str(file.name, ": has ", is_short ? "fewer" : "more",
                     " rows than ", name_),
                 "the files of --task-files have the same rows in the same "
                 "order");
  }

  std::unique_ptr<RowReader> reader_;
  std::string name_;
  std::vector<OpenFile> files_;
};

}  // namespace

std::vector<std::pair<std::string, std::string>> TaskFilesOf(
    const std::vector<std::string>& entries, std::size_t input,
    std::size_t inputs) {
  std::vector<std::pair<std::string, std::vector<std::string>>> by_name;
  for (const std::string& entry : entries) {
    const std::size_t mark = entry.find('=');
    Require(mark != std::string::npos && mark > 0 && mark + 1 < entry.size(),
            ErrorKind::kUsage,
            Str("--task-files: '", entry, "' is not of the form NAME=FILE"));
    const std::string name = entry.substr(0, mark);
    auto found = std::ranges::find(by_name, name,
                                   [](const auto& one) { return one.first; });
    if (found == by_name.end()) {
      found = by_name.insert(by_name.end(), {name, {}});
    }
    found->second.push_back(entry.substr(mark + 1));
  }
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& [name, paths] : by_name) {
    Require(paths.size() == inputs, ErrorKind::kUsage,
            Str("--task-files: ", Counted(std::ssize(paths), "file", "files"),
                " of task '", name, "' for ",
                Counted(static_cast<Index>(inputs), "input", "inputs")),
            "give one for each input, in their order");
    files.emplace_back(name, paths[input]);
  }
  return files;
}

std::unique_ptr<RowReader> WithTaskFiles(std::unique_ptr<RowReader> reader,
                                         const std::string& name,
                                         const std::vector<TaskFile>& files,
                                         const TextOptions& options) {
  if (files.empty()) return reader;
  std::vector<OpenFile> open;
  for (const TaskFile& file : files) {
    OpenFile& added = open.emplace_back();
    added.name = file.source->name();
    added.reader = OpenRows(file.source.get(), "svmlight", options);
  }
  return std::make_unique<TaskFileReader>(std::move(reader), name,
                                          std::move(open));
}

}  // namespace mtlkit
