#include "app/inspect.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json_text.h"
#include "base/text.h"
#include "h5/provenance.h"

namespace mtlkit {
namespace {

std::string Heading(const FileReader& file) {
  return Str(FileKindName(file.kind()), ", mtl-h5 ",
             file.FindAttribute<std::string>("", "format_version").value_or(""),
             ", content ", file.content_sha256().substr(0, 16), "\n");
}

std::string InspectKind(const FileReader& file, bool all, Json* json) {
  switch (file.kind()) {
    case FileKind::kDataset:
    case FileKind::kFeatures:
      return InspectDataset(file, all, json);
    case FileKind::kPredictions:
      return InspectPredictions(file, json);
    case FileKind::kCheckpoint:
      return InspectCheckpoint(file, json);
    case FileKind::kModel:
      return InspectModel(file, all, json);
    case FileKind::kRound:
      return InspectRound(file, json);
  }
  Fail(ErrorKind::kBug, "a kind of file that cannot be inspected");
}

Json RecordJson(const ProvenanceRecord& record) {
  Json json{{"id", record.id},        {"prev", record.prev},
            {"tool", record.tool},    {"version", record.version},
            {"seed", record.seed},    {"settings", ParseJson(record.settings)},
            {"inputs", Json::array()}};
  for (const ProvenanceInput& input : record.inputs) {
    json["inputs"].push_back({{"role", input.role}, {"digest", input.digest}});
  }
  return json;
}

}  // namespace

Json HeadingJson(const FileReader& file) {
  return {{"schema", 1},
          {"kind", FileKindName(file.kind())},
          {"content_sha256", file.content_sha256()}};
}

std::string InspectFile(const FileReader& file, bool all, Json* json) {
  *json = HeadingJson(file);
  return Heading(file) + InspectKind(file, all, json);
}

std::string InspectHistory(const FileReader& file, Json* json) {
  const auto records = ParseProvenance(file.provenance());
  std::string text;
  for (const std::string& command :
       HistoryCommands(records, file.content_sha256())) {
    text += VisibleText(command) + "\n";
  }
  if (records.empty()) text = "nothing is known of its history\n";
  *json = HeadingJson(file);
  (*json)["history"] = Json::array();
  for (const ProvenanceRecord& record : records) {
    (*json)["history"].push_back(RecordJson(record));
  }
  return text;
}

}  // namespace mtlkit
