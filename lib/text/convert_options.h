#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "base/size_budget.h"
#include "data/known_columns.h"
#include "text/format.h"

namespace mtlkit {

// How text tables become a dataset.
struct ConvertOptions {
  std::string format = "auto";  // of all inputs; auto: by content
  // COLUMN=number|category|id|ignore|date|date:FORMAT
  std::vector<std::string> type;
  std::vector<std::string> missing;  // markers; empty: the usual ones
  std::string delimiter;
  std::string header = "auto";
  std::string decimal = ".";
  std::string thousands = "none";
  std::string comment;
  Index skip = 0;
  Index skip_after_header = 0;
  std::string encoding = "utf8";
  std::string precision = "auto";  // of numbers: auto | single | double
  std::string index_base = "auto";
  std::string label_type = "auto";  // SVMlight
  Index features = 0;               // SVMlight: columns, 0: those that occur
  std::string max_size = kUsualBudget;
  bool beside = false;
  bool parallel = false;
  std::vector<std::string> names;       // FILE, or NAME=FILE of one input
  std::vector<std::string> task_files;  // NAME=FILE, see task_files.h
  // COLUMN OLD NEW, each. A flag of three values: the tool registers it.
  std::vector<std::vector<std::string>> rename_class;
  std::string labels;  // Mulan's XML list; an input: the tool registers it

  // Of a model that is to read the rows, or of a table that they are to be
  // like; not a flag.
  Numbering model_numbering = {};
  std::vector<std::string> model_ids;    // columns that were ids in its texts
  std::vector<std::string> model_dates;  // COLUMN=date..., as `type`
  // What it knows of columns, where nobody says more: text in its dates is read
  // as that of ISO 8601, numbers as seconds; text in its categories as it
  // stands, and what is one of them is no marker.
  KnownViews known;
  std::vector<std::vector<std::string>> model_renames;  // where they occur
  bool for_model = false;
  // Names of the flags that the user gave, which stay as they are.
  std::vector<std::string> given;
  // Names of flags whose values are those of the texts before: a format that
  // does not know one passes over it.
  std::vector<std::string> remembered;
  // What follows "read as the texts" where people are told: "of old.h5".
  std::string remembered_of;
  // Whether those had the usual markers, so that texts of formats that know
  // missing cells themselves have them, too.
  bool had_markers = false;

  void Describe(Fields& fields);
};

// A file whose line i is the cell of row i.
struct LineFile {
  std::string column;
  std::string path;
};

// An operand: FILE, or NAME=FILE.
struct TableInput {
  std::string name;  // of the split, or of the view with `beside`; may be ""
  std::string path;  // "-": stdin
  // Files that are columns of its rows (line_files.h), `path` the first of
  // them; empty: it is a table.
  std::vector<LineFile> lines = {};
};

}  // namespace mtlkit
