#include "app/inspect.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "eval/table.h"
#include "h5/provenance.h"
#include "nn/model_io.h"

namespace mtlkit {
namespace {

std::string Heading(const FileReader& file) {
  return Str(FileKindName(file.kind()), ", mtl-h5 ",
             file.FindAttribute<std::string>("", "format_version").value_or(""),
             ", content ", file.content_sha256().substr(0, 16), "\n");
}

Json HeadingJson(const FileReader& file) {
  return {{"schema", 1},
          {"kind", FileKindName(file.kind())},
          {"content_sha256", file.content_sha256()}};
}

std::string InspectKind(const FileReader& file, bool all, Json* json) {
  switch (file.kind()) {
    case FileKind::kDataset:
    case FileKind::kFeatures:
      return InspectDataset(file, all, json);
    case FileKind::kPredictions:
      return InspectPredictions(file, json);
    case FileKind::kModel:
    case FileKind::kCheckpoint:
      return InspectModel(file, all, json);
    case FileKind::kRound:
      return InspectRound(file, json);
  }
  Fail(ErrorKind::kBug, "a kind of file that cannot be inspected");
}

Json RecordJson(const ProvenanceRecord& record) {
  Json json{{"id", record.id},
            {"prev", record.prev},
            {"tool", record.tool},
            {"version", record.version},
            {"seed", record.seed},
            {"settings", Json::parse(record.settings, nullptr, false)},
            {"inputs", Json::array()}};
  for (const ProvenanceInput& input : record.inputs) {
    json["inputs"].push_back({{"role", input.role}, {"digest", input.digest}});
  }
  return json;
}

}  // namespace

std::string InspectFile(const FileReader& file, bool all, Json* json) {
  *json = HeadingJson(file);
  return Heading(file) + InspectKind(file, all, json);
}

std::string InspectHistory(const FileReader& file, Json* json) {
  const auto records = ParseProvenance(file.provenance());
  std::string text;
  for (const std::string& command :
       HistoryCommands(records, file.content_sha256())) {
    text += command + "\n";
  }
  if (records.empty()) text = "nothing is known of its history\n";
  *json = HeadingJson(file);
  (*json)["history"] = Json::array();
  for (const ProvenanceRecord& record : records) {
    (*json)["history"].push_back(RecordJson(record));
  }
  return text;
}

std::string InspectLog(const FileReader& file, Json* json) {
  Require(
      file.kind() == FileKind::kModel || file.kind() == FileKind::kCheckpoint,
      ErrorKind::kUsage,
      Str(file.name(), ": ", FileKindName(file.kind()),
          " files have no training log"),
      "give a model");
  const History log = ReadHistory(file);
  Require(log.epochs() > 0, ErrorKind::kBadInput,
          Str(file.name(), ": it has no training log"),
          "it was merged or is untrained");
  TextTable table;
  table.AddRow(log.columns);
  *json = HeadingJson(file);
  (*json)["best_epoch"] = log.best_epoch;
  (*json)["selected_on"] = log.selected_on;
  for (std::size_t i = 0; i < log.columns.size(); ++i) {
    Json& column = (*json)["log"][log.columns[i]];
    column = Json::array();
    for (const double value : log.values[i]) {
      column.push_back(std::isnan(value) ? Json(nullptr) : Json(value));
    }
  }
  const std::vector<double>* epochs = log.Find("epoch");
  for (Index row = 0; row < log.epochs(); ++row) {
    const auto i = static_cast<std::size_t>(row);
    std::vector<std::string> cells;
    for (std::size_t column = 0; column < log.columns.size(); ++column) {
      const bool whole = log.columns[column] == "epoch";
      cells.push_back(whole ? FormatNumber(log.values[column][i])
                            : TableNumber(log.values[column][i]));
    }
    if (epochs != nullptr &&
        (*epochs)[i] == static_cast<double>(log.best_epoch)) {
      cells.emplace_back("<- best");
    }
    table.AddRow(std::move(cells));
  }
  std::string text = table.Render();
  if (log.best_epoch > 0) {
    text += Str("weights are those of epoch ", log.best_epoch, ", chosen on ",
                log.selected_on, "\n");
  }
  return text;
}

}  // namespace mtlkit
