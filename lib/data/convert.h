#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "base/reporter.h"

namespace mtlkit {

// How text tables become a dataset.
struct ConvertOptions {
  std::string format;             // of all inputs; "": by content
  std::vector<std::string> type;  // COLUMN=number|category|id|ignore
  std::vector<std::string> missing;  // markers; empty: the usual ones
  std::string delimiter;
  std::string header = "auto";
  std::string decimal = ".";
  std::string comment;
  Index skip = 0;
  std::string encoding = "utf8";
  std::string precision = "auto";  // of numbers: auto | single | double
  std::string index_base = "auto";
  std::string label_type = "auto";  // SVMlight
  Index features = 0;               // SVMlight: columns, 0: those that occur
  bool beside = false;
  // COLUMN OLD NEW, three entries each. Registered by the tool: a flag of
  // three values is no field.
  std::vector<std::string> rename_class;
  // FILE or NAME=FILE (of a view or split).
  std::vector<std::string> names;
  std::string labels;  // Mulan's XML list

  void Describe(Fields& fields);
};

// Reads `inputs` (FILE, or NAME=FILE: a named split, with `beside` a named
// view) twice in bounded memory and writes a dataset (docs/file-format.md)
// to `output`, whole or not at all; `output` may be "-". What was guessed goes
// to the reporter: one line, and with `verbose` one more a column.
//
// Throws kUsage for options that fit no column, kBadInput with file, line and
// column for what a file holds, as in docs/converting.md.
void ConvertTables(const std::vector<std::string>& inputs,
                   const std::string& output, const ConvertOptions& options,
                   bool verbose, Reporter* reporter);

// Whether the operand is a file of ours (which ConvertTables does not take).
bool IsOwnFile(const std::string& path);

}  // namespace mtlkit
