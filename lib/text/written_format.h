#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "base/reporter.h"
#include "base/view.h"
#include "data/dataset.h"
#include "h5/file_reader.h"
#include "text/csv_cells.h"
#include "text/text_table.h"

namespace mtlkit {

// What is written: a dataset, features or predictions.
struct WrittenTable {
  std::vector<TextColumn> columns;
  Index rows = 0;
  const Dataset* dataset = nullptr;          // null: predictions
  const std::vector<Index>* some = nullptr;  // rows that are wanted; null: all
  const FileReader* file = nullptr;          // it is all in

  Index RowCount() const { return some == nullptr ? rows : std::ssize(*some); }
  Index RowAt(Index i) const { return some == nullptr ? i : (*some)[At(i)]; }
};

struct WritingOptions {
  CellGuard guard;
  std::string label_list;           // where Mulan's list goes; "": nowhere
  std::string task;                 // whose labels SVMlight gets; "": the only
  std::string split;                // whose rows; "": all
  std::string index_base = "auto";  // of SVMlight
};

// A kind of file that tables are written as, a line of written_formats.def.
struct WrittenFormat {
  std::string_view name;    // "csv"
  std::string_view ending;  // of names of files that says so: ".csv"
  std::string_view title;   // "CSV"
  std::string_view help;
  // Of the flags of writing those that it knows.
  std::string_view flags;
  bool Knows(std::string_view flag) const;
  // What it is made of: columns, the dataset, or the file itself. Others are
  // left empty, but for `rows` and `some`.
  enum class Source { kColumns, kDataset, kFile } source;
  // Writes to `output`, whole or not at all; "-" is stdout. Throws kBadInput
  // for what it cannot hold and columns of one name, kUsage for options that
  // ask for what is not there.
  void (*write)(const WrittenTable& table, const WritingOptions& options,
                const std::string& output, Reporter* reporter);
};
std::span<const WrittenFormat* const> WrittenFormats();
std::vector<std::string> WrittenFormatNames();

// Names of files end so where they are of datasets, or of predictions, in one
// of the formats: ".csv .jsonl".
std::string WrittenEndings(bool of_predictions);

// By its name; null where there is none.
const WrittenFormat* FindWrittenFormat(std::string_view name);
// By the ending of a file's name; null where it has none of theirs.
const WrittenFormat* WrittenFormatOf(std::string_view path);

// Refuses (kUsage) options that `format` (null: HDF5) does not know.
void RequireWrittenFlags(const WrittenFormat* format,
                         const WritingOptions& options);

}  // namespace mtlkit
