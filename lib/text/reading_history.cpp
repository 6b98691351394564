#include "text/reading_history.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.h"
#include "base/json_text.h"
#include "base/text.h"
#include "h5/provenance.h"
#include "text/text_lists.h"
#include "text/type_choice.h"

namespace mtlkit {
namespace {

// What of the flags of a conversion decides what a cell means.
struct TextReading {
  std::vector<std::string> missing;
  std::string decimal = ".";
  std::string thousands = "none";
  std::string comment;
  std::string encoding = "utf8";
  // Columns of type id; other types follow from the transforms.
  std::vector<std::string> ids;
  std::vector<std::string> dates;  // COLUMN=date:FORMAT, by name or pattern

  bool operator==(const TextReading&) const = default;
};

TextReading ReadingOf(const std::string& settings) {
  TextReading reading;
  const Json flags = ParseJson(settings);
  const auto take = [&flags](const char* name, auto* value) {
    const auto at = flags.find(name);
    if (at != flags.end()) at->get_to(*value);
  };
  try {
    take("missing", &reading.missing);
    take("decimal", &reading.decimal);
    take("thousands", &reading.thousands);
    take("comment", &reading.comment);
    take("encoding", &reading.encoding);
    std::vector<std::string> types;
    take("type", &types);
    for (const std::string& type : types) {
      const TypeChoice choice = ParseTypeChoice(type);
      if (choice.type == ColumnType::kId) {
        reading.ids.push_back(choice.columns);
      }
      if (choice.type == ColumnType::kDate) reading.dates.push_back(type);
    }
  } catch (const Json::exception&) {
    Fail(ErrorKind::kBadInput,
         "its history has settings that mtl-convert does not write");
  }
  return reading;
}

std::string FlagsOf(const TextReading& reading) {
  const TextReading usual;
  std::vector<std::string> flags;
  if (reading.missing != usual.missing) {
    flags.push_back(Str("--missing='", Join(reading.missing, ","), "'"));
  }
  if (reading.decimal != usual.decimal) {
    flags.push_back(Str("--decimal '", reading.decimal, "'"));
  }
  if (reading.thousands != usual.thousands) {
    flags.push_back("--thousands " + ShellWord(reading.thousands));
  }
  if (reading.comment != usual.comment) {
    flags.push_back(Str("--comment '", reading.comment, "'"));
  }
  if (reading.encoding != usual.encoding) {
    flags.push_back("--encoding " + reading.encoding);
  }
  for (const std::string& id : reading.ids) {
    flags.push_back(Str("--type ", id, "=id"));
  }
  for (const std::string& date : reading.dates) {
    flags.push_back("--type " + ShellWord(NameInList(date)));
  }
  return Join(flags, " ");
}

}  // namespace

std::string ReadAsBefore(std::string_view provenance, ConvertOptions* options) {
  if (provenance.empty()) return "";
  std::optional<TextReading> found;
  for (const ProvenanceRecord& record : ParseProvenance(provenance)) {
    if (record.tool != "mtl-convert") continue;
    const TextReading reading = ReadingOf(record.settings);
    Require(!found || *found == reading, ErrorKind::kBadInput,
            "the texts that the model learned from were read in different "
            "ways",
            "convert the rows first, as those that they are like: mtl-convert");
    found = reading;
  }
  if (!found) return "";
  options->missing = found->missing;
  options->decimal = found->decimal;
  options->thousands = found->thousands;
  options->comment = found->comment;
  options->encoding = found->encoding;
  options->model_ids = found->ids;
  options->model_dates = found->dates;
  return FlagsOf(*found);
}

}  // namespace mtlkit
