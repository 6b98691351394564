#include "text/line_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "text/line_reader.h"

namespace mtlkit {
namespace {

struct FolderFile {
  const char* name;
  const char* column;
};
constexpr std::array kFolderFiles = {FolderFile{"seq.in", "words"},
                                     FolderFile{"seq.out", "tags"},
                                     FolderFile{"label", "intent"}};
constexpr std::array kEndings = {"", ".gz", ".xz", ".bz2", ".zst"};

std::optional<std::string> FileIn(const std::string& folder,
                                  const std::string& name) {
  for (const char* ending : kEndings) {
    const std::filesystem::path path =
        std::filesystem::path(folder) / (name + ending);
    std::error_code none;
    if (std::filesystem::is_regular_file(path, none)) return path.string();
  }
  return std::nullopt;
}

class ParallelReader : public RowReader {
 public:
  explicit ParallelReader(const std::vector<TaskFile>& files) {
    for (const TaskFile& file : files) {
      columns_.push_back(TextColumnOf(file.name));
      lines_.emplace_back(file.source.get());
    }
  }

  const std::vector<Column>& columns() const override { return columns_; }
  bool may_lack_columns() const override { return true; }
  std::string Describe() const override {
    return Str("a line a row, for ", Join(NamesOf(columns_), " and "));
  }
  void Rewind() override {
    for (LineReader& file : lines_) file.Rewind();
  }

  bool Next(Row* row) override {
    row->is_sparse = false;
    row->cells.clear();
    const LineReader* there = nullptr;
    const LineReader* ended = nullptr;
    for (LineReader& file : lines_) {
      std::string_view text;
      (file.Next(&text) ? there : ended) = &file;
      row->cells.push_back(TextCell(text));
    }
    if (there == nullptr) return false;
    row->line = there->line();
    if (ended != nullptr) FailLength(*ended, *there);
    return true;
  }

 private:
  [[noreturn]] static void FailLength(const LineReader& ended,
                                      const LineReader& there) {
    Fail(ErrorKind::kBadInput,
         Str(ended.name(), ": ends behind line ", ended.line(), ", and ",
             there.name(), " goes on"),
         "line i of each file belongs to row i: they have as many lines");
  }

  std::vector<LineReader> lines_;
  std::vector<Column> columns_;
};

void AddFolder(TableInput input, std::vector<TableInput>* inputs) {
  const std::string folder = input.path;
  for (const FolderFile& file : kFolderFiles) {
    if (const auto path = FileIn(folder, file.name)) {
      input.lines.push_back({file.column, *path});
    }
  }
  input.path = input.lines.front().path;
  inputs->push_back(std::move(input));
}

void AddParallel(const TableInput& input, std::vector<TableInput>* inputs) {
  Require(!input.name.empty(), ErrorKind::kUsage,
          Str("--parallel: ", input.path, " has no name"),
          "write COLUMN=FILE, or SPLIT.COLUMN=FILE, for each file");
  const std::size_t dot = input.name.find('.');
  const std::string split =
      dot == std::string::npos ? "" : input.name.substr(0, dot);
  const std::string column =
      dot == std::string::npos ? input.name : input.name.substr(dot + 1);
  Require(!column.empty() && (dot == std::string::npos || dot > 0),
          ErrorKind::kUsage,
          Str("--parallel: '", input.name, "' is no COLUMN or SPLIT.COLUMN"));
  auto at = std::ranges::find(*inputs, split, &TableInput::name);
  if (at == inputs->end()) {
    at = inputs->insert(inputs->end(), {split, input.path, {}});
  }
  Require(std::ranges::count(at->lines, column, &LineFile::column) == 0,
          ErrorKind::kUsage,
          Str("--parallel: there are two files '", input.name, "'"),
          "each column of a split has one file");
  at->lines.push_back({column, input.path});
}

}  // namespace

bool IsTokenFolder(const std::string& path) {
  std::error_code none;
  if (!std::filesystem::is_directory(path, none)) return false;
  return FileIn(path, kFolderFiles.front().name).has_value();
}

std::vector<TableInput> WithLineFilesOf(std::vector<TableInput> inputs,
                                        bool parallel) {
  std::vector<TableInput> result;
  for (TableInput& input : inputs) {
    if (parallel) {
      AddParallel(input, &result);
    } else if (IsTokenFolder(input.path)) {
      AddFolder(std::move(input), &result);
    } else {
      result.push_back(std::move(input));
    }
  }
  return result;
}

std::unique_ptr<RowReader> LinesBeside(const std::vector<TaskFile>& files) {
  return std::make_unique<ParallelReader>(files);
}

}  // namespace mtlkit
