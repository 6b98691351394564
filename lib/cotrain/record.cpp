#include "cotrain/record.h"

#include <cmath>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "cotrain/json_record.h"
#include "h5/digest.h"
#include "h5/file_reader.h"

namespace mtlkit {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHintToRemove = "remove it and run the round again";

Json Number(double value) {
  return std::isnan(value) ? Json(nullptr) : Json(value);
}

double NumberOf(const Json& json) {
  return json.is_null() ? std::numeric_limits<double>::quiet_NaN()
                        : json.get<double>();
}

Json InputsJson(const std::vector<RoundInput>& inputs) {
  Json json = Json::array();
  for (const RoundInput& input : inputs) {
    json.push_back({{"peer", input.peer},
                    {"round", input.round},
                    {"content_sha256", input.content_sha256}});
  }
  return json;
}

std::vector<RoundInput> InputsFromJson(const Json& json) {
  std::vector<RoundInput> inputs;
  for (const Json& input : json) {
    inputs.push_back({input.at("peer").get<Index>(),
                      input.at("round").get<Index>(),
                      input.at("content_sha256").get<std::string>()});
  }
  return inputs;
}

Json FileJson(const std::string& sha256, Index bytes) {
  return {{"sha256", sha256}, {"bytes", bytes}};
}

Json RecordJson(const DoneRecord& record) {
  Json json{{"peer", record.peer},
            {"round", record.round},
            {"settings_sha256", record.settings_sha256},
            {"data_sha256", record.data_sha256},
            {"model", FileJson(record.model_file_sha256, record.model_bytes)},
            {"inputs", InputsJson(record.inputs)},
            {"rows", record.rows},
            {"proposed", record.proposed},
            {"undone", record.undone},
            {"measures", Json::array()},
            {"notes", record.notes}};
  if (!record.publication_file_sha256.empty()) {
    json["publication"] =
        FileJson(record.publication_file_sha256, record.publication_bytes);
    json["publication"]["content_sha256"] = record.publication_content_sha256;
  }
  for (const RoundMeasure& measure : record.measures) {
    json["measures"].push_back({{"task", measure.task},
                                {"metric", measure.metric},
                                {"own", Number(measure.own)},
                                {"ensemble", Number(measure.ensemble)}});
  }
  return json;
}

DoneRecord RecordFromJson(const Json& json) {
  DoneRecord record;
  record.peer = json.at("peer").get<Index>();
  record.round = json.at("round").get<Index>();
  record.settings_sha256 = json.at("settings_sha256").get<std::string>();
  record.data_sha256 = json.at("data_sha256").get<std::string>();
  record.model_file_sha256 = json.at("model").at("sha256").get<std::string>();
  record.model_bytes = json.at("model").at("bytes").get<Index>();
  record.inputs = InputsFromJson(json.at("inputs"));
  record.rows = json.at("rows").get<Index>();
  record.proposed = json.at("proposed").get<Index>();
  record.undone = json.at("undone").get<bool>();
  if (json.contains("publication")) {
    const Json& file = json.at("publication");
    record.publication_file_sha256 = file.at("sha256").get<std::string>();
    record.publication_bytes = file.at("bytes").get<Index>();
    record.publication_content_sha256 =
        file.at("content_sha256").get<std::string>();
  }
  for (const Json& measure : json.at("measures")) {
    record.measures.push_back({measure.at("task").get<std::string>(),
                               measure.at("metric").get<std::string>(),
                               NumberOf(measure.at("own")),
                               NumberOf(measure.at("ensemble"))});
  }
  record.notes = json.at("notes").get<std::vector<std::string>>();
  return record;
}

// How a round is made again; the same bytes come of it.
std::string HintToRedo(const DoneRecord& record) {
  return Str("restore it, or remove DONE.json beside it and run ",
             record.round == 0 ? std::string("mtl-cotrain init again")
                               : Str("round ", record.round, " of peer ",
                                     record.peer, " again"));
}

void CheckFile(const std::string& path, const std::string& sha256, Index bytes,
               const DoneRecord& record) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error) {
    Fail(ErrorKind::kBadInput,
         Str(path, ": it is missing, though DONE.json speaks of it"),
         HintToRedo(record));
  }
  if (static_cast<Index>(size) != bytes || Sha256OfFile(path) != sha256) {
    Fail(ErrorKind::kBadInput,
         Str(path, ": it is not the file that DONE.json speaks of"),
         HintToRedo(record));
  }
}

}  // namespace

std::optional<DoneRecord> PeekDone(const RunFolder& folder, Index peer,
                                   Index round) {
  const std::string path = folder.DonePath(peer, round);
  if (!fs::exists(path)) return std::nullopt;
  const Json json = ReadRecord(path, kHintToRemove);
  DoneRecord record;
  try {
    record = RecordFromJson(json);
  } catch (const nlohmann::json::exception&) {
    Fail(ErrorKind::kBadInput,
         Str(path, ": it is damaged: an entry is missing or of another type"),
         kHintToRemove);
  }
  Require(record.peer == peer && record.round == round, ErrorKind::kBadInput,
          Str(path, ": it speaks of round ", record.round, " of peer ",
              record.peer),
          "it was copied here; remove it and run the round again");
  return record;
}

std::optional<DoneRecord> ReadDone(const RunFolder& folder, Index peer,
                                   Index round) {
  auto record = ReadDonePublication(folder, peer, round);
  if (!record) return record;
  CheckFile(folder.ModelPath(peer, round), record->model_file_sha256,
            record->model_bytes, *record);
  return record;
}

std::optional<DoneRecord> ReadDonePublication(const RunFolder& folder,
                                              Index peer, Index round) {
  auto record = PeekDone(folder, peer, round);
  if (!record) return record;
  if (!record->publication_file_sha256.empty()) {
    CheckFile(folder.PublicationPath(peer, round),
              record->publication_file_sha256, record->publication_bytes,
              *record);
  }
  if (record->settings_sha256 != Sha256OfFile(folder.SpecPath())) {
    Fail(ErrorKind::kBadInput,
         Str(folder.DonePath(peer, round),
             ": the round was made under other settings than run.json has"),
         "restore run.json");
  }
  return record;
}

std::optional<DoneRecord> ReadPublished(const RunFolder& folder, Index peer,
                                        Index round) {
  auto record = ReadDonePublication(folder, peer, round);
  Require(!record || !record->publication_file_sha256.empty(),
          ErrorKind::kBadInput,
          Str(folder.DonePath(peer, round),
              ": it speaks of no publication, though every round has one"),
          kHintToRemove);
  return record;
}

void WriteDone(const RunFolder& folder, DoneRecord record) {
  const std::string model = folder.ModelPath(record.peer, record.round);
  record.settings_sha256 = Sha256OfFile(folder.SpecPath());
  record.model_file_sha256 = Sha256OfFile(model);
  record.model_bytes = static_cast<Index>(fs::file_size(model));
  const std::string publication =
      folder.PublicationPath(record.peer, record.round);
  if (fs::exists(publication)) {
    record.publication_file_sha256 = Sha256OfFile(publication);
    record.publication_bytes = static_cast<Index>(fs::file_size(publication));
  }
  WriteRecord(RecordJson(record), folder.DonePath(record.peer, record.round));
}

std::optional<std::vector<RoundInput>> ReadRoundInputs(const RunFolder& folder,
                                                       Index peer,
                                                       Index round) {
  const std::string path = folder.InputsPath(peer, round);
  if (!fs::exists(path)) return std::nullopt;
  try {
    return InputsFromJson(ReadRecord(path, kHintToRemove).at("inputs"));
  } catch (const nlohmann::json::exception&) {
    Fail(ErrorKind::kBadInput, Str(path, ": it is damaged"), kHintToRemove);
  }
}

void WriteRoundInputs(const RunFolder& folder, Index peer, Index round,
                      const std::vector<RoundInput>& inputs) {
  WriteRecord({{"inputs", InputsJson(inputs)}}, folder.InputsPath(peer, round));
}

}  // namespace mtlkit
