#include "text/convert_options.h"

#include "data/head.h"
#include "text/format.h"

namespace mtlkit {
namespace {

std::vector<std::string> FormatNames() {
  std::vector<std::string> names = {"auto"};
  for (const FormatEntry* entry : Formats()) names.emplace_back(entry->name);
  return names;
}

std::vector<std::string> LabelTypes() {
  std::vector<std::string> names = {"auto"};
  for (const HeadEntry* entry : HeadEntries()) {
    // A label of SVMlight is one number.
    const bool fits = entry->traits.is_type && !entry->traits.is_censored &&
                      !entry->traits.is_map;
    if (fits) names.emplace_back(entry->name);
  }
  return names;
}

void DescribeSvmlight(Fields& fields, ConvertOptions* options) {
  fields("index-base", options->index_base,
         "number of the first SVMlight feature",
         std::vector<std::string>{"auto", "0", "1"});
  fields("label-type", options->label_type, "what SVMlight labels are",
         LabelTypes());
  fields("features", options->features,
         "number of SVMlight features; 0: as many as occur",
         Between(0, 2147483647));
  fields.Field({"task-files",
                "SVMlight files with the labels of further tasks of the same "
                "rows, for each input one of a name",
                {},
                {},
                "NAME=FILE",
                false},
               options->task_files);
}

// Signs, lines and letters.
void DescribeCells(Fields& fields, ConvertOptions* options) {
  fields("decimal", options->decimal, "the decimal sign",
         std::vector<std::string>{".", ","});
  fields("thousands", options->thousands,
         "what stands between groups of three digits",
         std::vector<std::string>{"none", ",", ".", "'", "space"});
  fields.Field({"comment", "lines that begin so are skipped", {}, {}, "TEXT"},
               options->comment);
  fields("skip", options->skip, "lines to skip at the beginning of each file",
         AtLeast(0));
  fields("skip-after-header", options->skip_after_header,
         "rows to leave out behind the header, such as units", AtLeast(0));
  fields("encoding", options->encoding, "of the text",
         std::vector<std::string>{"utf8", "latin1", "cp1252"});
}

}  // namespace

void ConvertOptions::Describe(Fields& fields) {
  fields.Field({"format",
                "what the inputs are; auto: by content, then name",
                {},
                FormatNames(),
                "FORMAT"},
               format);
  fields.Field({"type",
                "number, category, id, ignore, date or date:FORMAT (such as "
                "%d.%m.%Y), by name or pattern",
                {},
                {},
                "COLUMN=TYPE"},
               type);
  fields.Field(
      {"missing",
       "texts that stand for no value, in place of ?, NA, N/A, NaN, nan, "
       "null, NULL (of Parquet: beside nulls); an empty cell always does",
       {},
       {},
       "TEXTS"},
      missing);
  fields.Field({"delimiter",
                "between cells; comma, semicolon, tab, pipe, "
                "space, or a character",
                {},
                {},
                "CHARACTER"},
               delimiter);
  fields("header", header, "whether the first row names the columns",
         std::vector<std::string>{"auto", "yes", "no"});
  DescribeCells(fields, this);
  fields("precision", precision,
         "of numbers; auto: double where a value would change in single",
         std::vector<std::string>{"auto", "single", "double"});
  DescribeSvmlight(fields, this);
  fields.Field({.name = "max-size",
                .help = "refuses tables with more columns than so much memory "
                        "holds, 8 KB each, and Parquet whose pages take more; "
                        "k, m, g, t: powers of 1024",
                .value_name = "SIZE",
                .in_settings = false},
               max_size);
  fields("beside", beside, "inputs are views of the same rows, NAME=FILE each");
  fields("parallel", parallel,
         "line i of each input is a text of row i: COLUMN=FILE each, or "
         "SPLIT.COLUMN=FILE");
  fields.Field({"names",
                "file of column names, of one input or of all",
                {},
                {},
                "[NAME=]FILE",
                false},
               names);
}

}  // namespace mtlkit
