#include "h5/provenance.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/json_text.h"
#include "base/version.h"
#include "h5/digest.h"
#include "h5/file_reader.h"

namespace mtlkit {
namespace {

constexpr std::size_t kIdDigits = 16;
constexpr std::size_t kMostRecords = 10000;
constexpr std::string_view kNotOurs =
    "the provenance is not a list of records as mtlkit writes it";
constexpr std::string_view kHowToHaveNone =
    "a program that knows none writes []";

// Keys come out sorted, so equal records have equal texts.
Json ToJson(const ProvenanceRecord& record, bool with_id) {
  Json json = {
      {"prev", record.prev},       {"tool", record.tool},
      {"version", record.version}, {"inputs", Json::array()},
      {"seed", record.seed},       {"settings", ParseJson(record.settings)}};
  for (const ProvenanceInput& input : record.inputs) {
    Json one = {{"role", input.role}, {"digest", input.digest}};
    if (!input.from.empty()) one["from"] = input.from;
    json["inputs"].push_back(std::move(one));
  }
  if (with_id) json["id"] = record.id;
  return json;
}

std::string IdOf(const ProvenanceRecord& record) {
  return Sha256Of(DumpJson(ToJson(record, false))).substr(0, kIdDigits);
}

ProvenanceRecord FromJson(const Json& json) {
  ProvenanceRecord record;
  record.id = json.at("id").get<std::string>();
  record.prev = json.at("prev").get<std::vector<std::string>>();
  record.tool = json.at("tool").get<std::string>();
  record.version = json.at("version").get<std::string>();
  for (const Json& input : json.at("inputs")) {
    record.inputs.push_back({input.at("role").get<std::string>(),
                             input.at("digest").get<std::string>(),
                             input.value("from", std::string())});
  }
  Require(json.at("seed").is_number_unsigned(), ErrorKind::kBadInput, kNotOurs,
          kHowToHaveNone);
  record.seed = json.at("seed").get<Seed>();
  record.settings = DumpJson(json.at("settings"));
  return record;
}

}  // namespace

ProvenanceSource SourceOf(std::string role, const FileReader& file) {
  // What is wrong with it is said of the file.
  const std::string text = file.provenance();
  if (!text.empty()) InContext(file.name(), [&] { ParseProvenance(text); });
  return {std::move(role), file.content_sha256(), text};
}

std::vector<ProvenanceRecord> ParseProvenance(std::string_view json) {
  std::vector<ProvenanceRecord> records;
  try {
    const Json parsed = ParseJson(json);
    Require(parsed.is_array() && parsed.size() <= kMostRecords,
            ErrorKind::kBadInput, kNotOurs, kHowToHaveNone);
    for (const Json& record : parsed) records.push_back(FromJson(record));
  } catch (const Json::exception&) {
    Fail(ErrorKind::kBadInput, std::string(kNotOurs),
         std::string(kHowToHaveNone));
  }
  return records;
}

std::string ExtendProvenance(std::string_view tool, Seed seed,
                             const Json& settings,
                             std::span<const ProvenanceSource> sources) {
  ProvenanceRecord record{.id = {},
                          .prev = {},
                          .tool = std::string(tool),
                          .version = MTLKIT_VERSION,
                          .inputs = {},
                          .seed = seed,
                          .settings = DumpJson(settings)};
  Json history = Json::array();
  std::set<std::string> known;
  for (const ProvenanceSource& source : sources) {
    std::vector<ProvenanceRecord> records;
    if (!source.provenance.empty()) {
      records = InContext(source.role,
                          [&] { return ParseProvenance(source.provenance); });
    }
    for (const ProvenanceRecord& earlier : records) {
      if (!known.insert(earlier.id).second) continue;
      history.push_back(ToJson(earlier, true));
    }
    // The last record of a file is the one that made it.
    const std::string from = records.empty() ? "" : records.back().id;
    record.inputs.push_back({source.role, source.digest, from});
    const bool is_new =
        !from.empty() && std::find(record.prev.begin(), record.prev.end(),
                                   from) == record.prev.end();
    if (is_new) record.prev.push_back(from);
  }
  record.id = IdOf(record);
  // The same command may have made one of its own sources (a resumed chain).
  if (!known.contains(record.id)) history.push_back(ToJson(record, true));
  return DumpJson(history);
}

}  // namespace mtlkit
