#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/dataset.h"
#include "text/convert.h"
#include "text/format.h"
#include "text/written_format.h"

namespace mtlkit {

// "65: message (hint)" of the Error that `work` throws; "" if it throws none.
// The folder of temporary files is left out.
std::string ErrorOf(const std::function<void()>& work);

// The rows of a text, one line each, cells between '|', missing as '~'; sparse
// entries as COLUMN:TEXT after the labels.
std::string Rows(std::string_view text, std::string_view format = "",
                 const TextOptions& options = {});

std::string RowsOf(RowReader* reader);

// Does all that conversion does but write: finds the format, scans, encodes.
void Encode(std::string_view text);

// A file of the name and bytes given.
struct NamedText {
  std::string name;  // "table.csv", or "train=table.csv"
  std::string bytes;
};

// What conversion makes of the files, and what it says.
struct Converted {
  Dataset dataset;
  std::string notes;
  std::string warnings;
};
Converted Convert(const std::vector<NamedText>& files,
                  const ConvertOptions& options = {}, bool verbose = false);

// The dataset in a format that is made of columns or rows: "arff". `notes`,
// where it is not null, gets what is said, a line each.
std::string Written(std::string_view format, const Dataset& dataset,
                    const WritingOptions& options = {},
                    std::string* notes = nullptr);
// As CSV, with `id` and all.
std::string Csv(const Dataset& dataset);

// The bytes compressed by the library that the reader uses, one member.
std::string Gzip(std::string_view text);
std::string Xz(std::string_view text);
std::string Bzip2(std::string_view text);
std::string Zstd(std::string_view text);

}  // namespace mtlkit
