#include "text/read_settings.h"

#include <algorithm>

#include "base/error.h"
#include "text/number_text.h"
#include "text/text_lists.h"

namespace mtlkit {

ConvertOptions WithoutLayout(ConvertOptions options) {
  const ConvertOptions usual;
  const auto forget = [&](std::string_view name, auto member) {
    if (std::erase(options.remembered, name) > 0) {
      options.*member = usual.*member;
    }
  };
  forget("decimal", &ConvertOptions::decimal);
  forget("thousands", &ConvertOptions::thousands);
  forget("comment", &ConvertOptions::comment);
  forget("encoding", &ConvertOptions::encoding);
  forget("delimiter", &ConvertOptions::delimiter);
  forget("header", &ConvertOptions::header);
  forget("skip", &ConvertOptions::skip);
  forget("skip-after-header", &ConvertOptions::skip_after_header);
  return options;
}

ScanOptions ScanOptionsOf(const ConvertOptions& options) {
  ScanOptions scan;
  scan.decimal = options.decimal[0];
  scan.precision = options.precision;
  scan.index_base = options.index_base;
  scan.label_type = options.label_type;
  scan.features = options.features;
  scan.model_numbering = options.model_numbering;
  scan.model_ids = options.model_ids;
  scan.are_markers_given = std::ranges::count(options.given, "missing") > 0;
  scan.joins_digits = options.thousands != "none";
  scan.model_renames = options.model_renames;
  scan.for_model = options.for_model;
  for (const std::string& entry : options.type) {
    scan.types.push_back(ParseTypeChoice(entry));
  }
  for (const std::string& entry : options.model_dates) {
    scan.model_dates.push_back(ParseTypeChoice(entry));
  }
  scan.renames = options.rename_class;
  for (const std::string& marker : options.missing) {
    double value = 0;
    if (ParseCellNumber(marker, scan.decimal, &value) == NumberText::kNumber) {
      scan.missing_numbers.push_back(value);
    }
  }
  return scan;
}

std::string NamesFileFor(const ConvertOptions& options, const TableInput& input,
                         const std::vector<TableInput>& inputs) {
  std::string file;
  for (const std::string& entry : options.names) {
    const std::size_t mark = entry.find('=');
    const std::string name = entry.substr(0, std::min(mark, entry.size()));
    const bool is_named =
        mark != std::string::npos &&
        std::any_of(inputs.begin(), inputs.end(), [&](const TableInput& other) {
          return other.name == name;
        });
    if (!is_named) file = entry;
    if (is_named && name == input.name) return entry.substr(mark + 1);
  }
  return file;
}

std::vector<std::pair<std::string, std::string>> ListsOf(
    const ConvertOptions& options, const std::vector<TableInput>& inputs) {
  std::vector<std::pair<std::string, std::string>> lists;
  for (const TableInput& input : inputs) {
    const std::pair<std::string, std::string> list = {
        "names", NamesFileFor(options, input, inputs)};
    if (list.second.empty() || std::ranges::count(lists, list) > 0) continue;
    lists.push_back(list);
  }
  if (!options.labels.empty()) lists.emplace_back("labels", options.labels);
  return lists;
}

TextOptions TextOptionsOf(const ConvertOptions& options,
                          const std::string& names_file) {
  TextOptions read;
  read.delimiter = options.delimiter;
  read.header = options.header;
  read.decimal = options.decimal[0];
  read.thousands = options.thousands;
  read.are_markers_chosen = !options.missing.empty() || options.had_markers;
  if (!options.missing.empty()) read.missing = options.missing;
  read.comment = options.comment;
  read.skip = options.skip;
  read.skip_after_header = options.skip_after_header;
  read.index_base = options.index_base;
  // What a column costs at most while its type is found out.
  constexpr double kColumnBytes = 8192;
  const double most_bytes = SizeBudget(options.max_size).bytes();
  read.most_columns =
      std::max<Index>(1, static_cast<Index>(most_bytes / kColumnBytes));
  read.most_bytes = static_cast<Index>(std::min(most_bytes, 0x1p60));
  if (!names_file.empty()) read.names = ReadColumnNames(names_file);
  if (!options.labels.empty()) read.labels = ReadLabelList(options.labels);
  return read;
}

}  // namespace mtlkit
