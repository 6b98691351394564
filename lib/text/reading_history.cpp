#include "text/reading_history.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/json_text.h"
#include "base/text.h"
#include "data/read_format.h"
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

// What decides where the cells stand.
struct TextLayout {
  std::string delimiter;
  std::string header = "auto";
  Index skip = 0;
  Index skip_after_header = 0;

  bool operator==(const TextLayout&) const = default;
};

using Renames = std::vector<std::vector<std::string>>;  // COLUMN OLD NEW

struct TextHistory {
  std::string format;
  TextReading reading;
  TextLayout layout;
  Renames renames;
  bool had_markers = false;  // the usual ones
};

// Of "csv", or of several, "csv,parquet".
bool HasMarkers(const std::string& formats) {
  const std::vector<std::string> names = Split(formats, ',');
  return std::ranges::count(names, "csv") > 0;
}

[[noreturn]] void FailSettings() {
  Fail(ErrorKind::kBadInput,
       "its history has settings that mtl-convert does not write");
}

TextHistory HistoryOf(const std::string& settings) {
  TextHistory history;
  auto& [format, reading, layout, renames, had_markers] = history;
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
    take("format", &format);
    had_markers = reading.missing.empty() && HasMarkers(format);
    take("delimiter", &layout.delimiter);
    take("header", &layout.header);
    take("skip", &layout.skip);
    take("skip-after-header", &layout.skip_after_header);
    take("rename-class", &renames);
    for (const std::vector<std::string>& rename : renames) {
      if (rename.size() != 3) FailSettings();
    }
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
    FailSettings();
  }
  return history;
}

// Spellings of several texts are all known.
void AddOthers(const Renames& before, Renames* renames) {
  Renames all = before;
  for (std::vector<std::string>& rename : *renames) {
    if (std::ranges::count(all, rename) == 0) all.push_back(std::move(rename));
  }
  *renames = std::move(all);
}

// Takes over what was not usual, where the user says nothing else.
void Remember(const TextHistory& history, ConvertOptions* options) {
  const ConvertOptions usual;
  const auto take = [&](std::string_view name, const auto& was, auto member) {
    if (was == usual.*member || std::ranges::count(options->given, name) > 0) {
      return;
    }
    options->*member = was;
    options->remembered.emplace_back(name);
  };
  using Options = ConvertOptions;
  const auto& [format, reading, layout, renames, had_markers] = history;
  take("missing", reading.missing, &Options::missing);
  take("decimal", reading.decimal, &Options::decimal);
  take("thousands", reading.thousands, &Options::thousands);
  take("comment", reading.comment, &Options::comment);
  take("encoding", reading.encoding, &Options::encoding);
  take("delimiter", layout.delimiter, &Options::delimiter);
  take("header", layout.header, &Options::header);
  take("skip", layout.skip, &Options::skip);
  take("skip-after-header", layout.skip_after_header,
       &Options::skip_after_header);
  options->had_markers =
      had_markers && std::ranges::count(options->given, "missing") == 0;
  options->model_ids = reading.ids;
  options->model_dates = reading.dates;
  options->model_renames = renames;
}

bool IsLikeAnother(const ProvenanceRecord& record) {
  return std::ranges::count(record.inputs, "like", &ProvenanceInput::role) > 0;
}

}  // namespace

std::optional<TextsRead> HowTextsWereRead(std::string_view provenance) {
  std::optional<TextsRead> read;
  if (provenance.empty()) return read;
  for (const ProvenanceRecord& record : ParseProvenance(provenance)) {
    if (record.tool != "mtl-convert") continue;
    const TextHistory history = HistoryOf(record.settings);
    if (history.format == kArraysRead) continue;
    read.reset();
    if (history.format.empty() || IsLikeAnother(record)) continue;
    read = {history.reading.missing, HasMarkers(history.format)};
    if (history.had_markers) read->markers = TextOptions().missing;
  }
  return read;
}

void ReadAsBefore(std::string_view provenance, ConvertOptions* options) {
  if (provenance.empty()) return;
  std::optional<TextHistory> found;
  for (const ProvenanceRecord& record : ParseProvenance(provenance)) {
    if (record.tool != "mtl-convert") continue;
    TextHistory history = HistoryOf(record.settings);
    if (history.format == kArraysRead) continue;
    Require(!found || found->reading == history.reading, ErrorKind::kBadInput,
            "the texts that the model learned from were read in different "
            "ways",
            "convert the rows first, as those that they are like: mtl-convert");
    // Texts of several layouts say nothing of a further one.
    if (found && found->layout != history.layout) history.layout = {};
    if (found) AddOthers(found->renames, &history.renames);
    history.had_markers |= found && found->had_markers;
    found = std::move(history);
  }
  if (found) Remember(*found, options);
}

namespace {

std::string MissingFlag(const std::vector<std::string>& markers) {
  return Str("--missing='", Join(markers, ","), "'");
}

}  // namespace

std::string FlagsTakenOver(const ConvertOptions& options) {
  std::vector<std::string> flags;
  const auto say = [&](const char* name, const std::string& value) {
    const auto& all = options.remembered;
    if (std::ranges::find(all, name) != all.end()) flags.push_back(value);
  };
  if (options.had_markers) flags.push_back(MissingFlag(TextOptions().missing));
  say("missing", MissingFlag(options.missing));
  say("decimal", Str("--decimal '", options.decimal, "'"));
  say("thousands", "--thousands " + ShellWord(options.thousands));
  say("comment", Str("--comment '", options.comment, "'"));
  say("encoding", "--encoding " + options.encoding);
  say("delimiter", "--delimiter " + ShellWord(options.delimiter));
  say("header", "--header " + options.header);
  say("skip", Str("--skip ", options.skip));
  say("skip-after-header",
      Str("--skip-after-header ", options.skip_after_header));
  for (const std::string& id : options.model_ids) {
    flags.push_back(Str("--type ", id, "=id"));
  }
  for (const std::string& date : options.model_dates) {
    flags.push_back("--type " + ShellWord(NameInList(date)));
  }
  for (const std::vector<std::string>& rename : options.model_renames) {
    std::string flag = "--rename-class";
    for (const std::string& word : rename) {
      flag += " " + ShellWord(NameInList(word));
    }
    flags.push_back(std::move(flag));
  }
  return Join(flags, " ");
}

Json SettingsWith(const ConvertOptions& options, Json settings) {
  ConvertOptions whole = options;
  for (const std::string& id : options.model_ids) {
    whole.type.push_back(id + "=id");
  }
  whole.type.insert(whole.type.end(), options.model_dates.begin(),
                    options.model_dates.end());
  Json values;
  JsonWriter writer(&values, true);
  whole.Describe(writer);
  for (const std::string& name : options.remembered) {
    settings[name] = values.at(name);
  }
  if (options.had_markers) settings["missing"] = TextOptions().missing;
  if (!whole.type.empty()) settings["type"] = values.at("type");
  if (!options.model_renames.empty()) {
    Renames renames = options.rename_class;
    AddOthers(options.model_renames, &renames);
    settings["rename-class"] = renames;
  }
  return settings;
}

}  // namespace mtlkit
