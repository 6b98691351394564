#include "cotrain/status.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "cotrain/method.h"
#include "cotrain/participants.h"
#include "eval/metric.h"
#include "eval/table.h"

namespace mtlkit {
namespace {

namespace fs = std::filesystem;

std::string Numbers(const std::vector<Index>& values) {
  std::vector<std::string> texts;
  texts.reserve(values.size());
  for (const Index value : values) texts.push_back(std::to_string(value));
  return Join(texts, ",");
}

// "1" or "1-3": rounds between this one and what it read; 1 is the youngest.
std::string Ages(const DoneRecord& record) {
  Index least = 0;
  Index most = 0;
  for (const RoundInput& input : record.inputs) {
    if (input.peer == record.peer) continue;
    const Index age = record.round - input.round;
    least = least == 0 ? age : std::min(least, age);
    most = std::max(most, age);
  }
  if (most == 0) return "-";
  return least == most ? Str(most) : Str(least, "-", most);
}

std::string Inputs(const DoneRecord& record) {
  std::vector<std::string> texts;
  for (const RoundInput& input : record.inputs) {
    if (input.peer != record.peer) {
      texts.push_back(Str(input.peer, "@", input.round));
    }
  }
  return texts.empty() ? "-" : Join(texts, " ");
}

bool HasEnsemble(const DoneRecord& record) {
  return std::any_of(record.measures.begin(), record.measures.end(),
                     [](const RoundMeasure& measure) {
                       return !std::isnan(measure.ensemble);
                     });
}

void AddMeasures(const DoneRecord* record,
                 const std::vector<std::string>& tasks,
                 std::vector<std::string>* row) {
  for (const std::string& task : tasks) {
    const RoundMeasure* found = nullptr;
    if (record != nullptr) {
      for (const RoundMeasure& measure : record->measures) {
        if (measure.task == task) found = &measure;
      }
    }
    std::string text = found == nullptr ? "-" : TableNumber(found->own);
    if (found != nullptr && !std::isnan(found->ensemble)) {
      text += " / " + TableNumber(found->ensemble);
    }
    row->push_back(std::move(text));
  }
}

// A line for each thing that rounds have noted.
std::string NotesText(const RunStatus& status) {
  std::string text;
  for (const PeerStatus& peer : status.peers) {
    if (!peer.record) continue;
    for (const std::string& note : peer.record->notes) {
      text += Str("peer ", peer.peer, ", round ", peer.round, ": ",
                  VisibleText(note), "\n");
    }
  }
  return text;
}

// A line for each thing in the folder that is no part of the run.
std::string StraysText(const RunStatus& status) {
  std::string text;
  for (const std::string& stray : status.strays) {
    text += VisibleText(stray) + ": no peer of this run\n";
  }
  return text;
}

}  // namespace

std::vector<Index> MissingPeers(const RunFolder& folder, const RunSpec& spec,
                                const DoneRecord& record) {
  std::vector<Index> missing;
  if (spec.local || record.round < 2) return missing;
  if (!MethodOfRun(folder, spec).reads_others) return missing;
  for (Index peer = 0; peer < spec.peers; ++peer) {
    const bool read = std::any_of(
        record.inputs.begin(), record.inputs.end(),
        [peer](const RoundInput& input) { return input.peer == peer; });
    const bool took_part =
        AllTakePart(spec) || TakesPart(spec, peer, record.round - 1);
    if (!read && peer != record.peer && took_part) missing.push_back(peer);
  }
  return missing;
}

RunStatus StatusOf(const std::string& path) {
  const RunFolder folder(path);
  RunStatus status{ReadSpec(folder), {}, {}};
  status.strays = folder.Strays(status.spec.peers);
  if (!status.spec.local) MethodOfRun(folder, status.spec);
  for (Index peer = 0; peer < status.spec.peers; ++peer) {
    PeerStatus& of_peer = status.peers.emplace_back();
    of_peer.peer = peer;
    of_peer.round = folder.NewestRound(peer);
    if (of_peer.round >= 0) {
      folder.RequireOwnRound(peer, of_peer.round);
      of_peer.record = PeekDone(folder, peer, of_peer.round);
      of_peer.missing = MissingPeers(folder, status.spec, *of_peer.record);
    }
    const Index next = NextRoundOf(status.spec, peer, of_peer.round);
    folder.RequireOwnRound(peer, next);
    if (fs::exists(folder.RoundPath(peer, next))) of_peer.begun = next;
  }
  return status;
}

std::string RenderText(const RunStatus& status) {
  std::vector<std::string> tasks;
  const bool labels =
      !status.spec.local && FindRoundMethod(status.spec.method).labels_rows;
  std::vector<std::string> header{"peer",    "round", "age", "read",
                                  "missing", "begun", "rows"};
  if (labels) header.emplace_back("proposed");
  std::vector<std::string> metrics(header.size());
  for (const PeerStatus& peer : status.peers) {
    if (!peer.record) continue;
    for (const RoundMeasure& measure : peer.record->measures) {
      if (std::find(tasks.begin(), tasks.end(), measure.task) != tasks.end()) {
        continue;
      }
      tasks.push_back(measure.task);
      header.push_back(measure.task);
      metrics.emplace_back(FindMetric(measure.metric).label);
    }
  }
  TextTable table;
  table.AddRow(std::move(header));
  if (!tasks.empty()) table.AddRow(std::move(metrics));
  for (const PeerStatus& peer : status.peers) {
    const DoneRecord* record = peer.record ? &*peer.record : nullptr;
    std::vector<std::string> row{
        Str(peer.peer),
        peer.round < 0 ? "-" : Str(peer.round),
        record == nullptr ? "-" : Ages(*record),
        record == nullptr ? "-" : Inputs(*record),
        peer.missing.empty() ? "-" : Numbers(peer.missing),
        peer.begun < 0 ? "-" : Str(peer.begun),
        record == nullptr ? "-" : Str(record->rows)};
    if (labels) row.push_back(record == nullptr ? "-" : Str(record->proposed));
    AddMeasures(record, tasks, &row);
    table.AddRow(std::move(row));
  }
  // Names are the run's files': each stays within its line.
  std::string text =
      VisibleText(Str("method ", status.spec.method, ", ",
                      Counted(status.spec.peers, "peer", "peers"))) +
      "\n" + table.Render();
  if (!status.spec.local) {
    text += "read: PEER@ROUND, age: how many rounds ago; missing: not read\n";
  }
  text += NotesText(status) + StraysText(status);
  if (!tasks.empty()) {
    const bool pooled = std::any_of(
        status.peers.begin(), status.peers.end(), [](const PeerStatus& peer) {
          return peer.record && HasEnsemble(*peer.record);
        });
    text += Str("on the validation rows: own measure",
                pooled ? " / that of the mean with the peers read" : "", "\n");
  }
  return text;
}

Json RenderJson(const RunStatus& status) {
  Json json{{"schema", 1},
            {"method", status.spec.method},
            {"local", status.spec.local},
            {"strays", status.strays},
            {"peers", Json::array()}};
  const auto number = [](double value) {
    return std::isnan(value) ? Json(nullptr) : Json(value);
  };
  for (const PeerStatus& peer : status.peers) {
    Json item{{"peer", peer.peer},       {"round", peer.round},
              {"missing", peer.missing}, {"begun", peer.begun},
              {"inputs", Json::array()}, {"measures", Json::array()}};
    if (peer.record) {
      item["rows"] = peer.record->rows;
      item["proposed"] = peer.record->proposed;
      item["undone"] = peer.record->undone;
      item["bytes_published"] = peer.record->publication_bytes;
      item["notes"] = peer.record->notes;
      for (const RoundInput& input : peer.record->inputs) {
        item["inputs"].push_back({{"peer", input.peer},
                                  {"round", input.round},
                                  {"age", peer.record->round - input.round},
                                  {"content_sha256", input.content_sha256}});
      }
      for (const RoundMeasure& measure : peer.record->measures) {
        item["measures"].push_back({{"task", measure.task},
                                    {"metric", measure.metric},
                                    {"own", number(measure.own)},
                                    {"ensemble", number(measure.ensemble)}});
      }
    }
    json["peers"].push_back(std::move(item));
  }
  return json;
}

bool IsRun(const std::string& path) {
  return RunFolder(path).Exists();
}

std::string PeersText(const std::vector<Index>& peers) {
  return Str(peers.size() == 1 ? "peer " : "peers ", Numbers(peers));
}

RunModels ModelsOfRun(const std::string& path, Index peer, Index round) {
  const RunFolder folder(path);
  const RunSpec spec = ReadSpec(folder);
  Require(peer < spec.peers, ErrorKind::kUsage,
          Str(path, ": there is no peer ", peer),
          Str("it has peers 0 to ", spec.peers - 1));
  RunModels models;
  for (Index k = 0; k < spec.peers; ++k) {
    if (peer >= 0 && k != peer) continue;
    const Index newest = folder.NewestRound(k, round);
    if (newest < 1 || (round >= 0 && newest != round)) {
      models.missing.push_back(k);
      continue;
    }
    ReadDone(folder, k, newest);
    models.paths.push_back(folder.ModelPath(k, newest));
  }
  if (models.paths.empty()) {
    Fail(ErrorKind::kMissingInput,
         Str(path, ": ",
             peer >= 0 ? Str("peer ", peer, " has not finished ")
                       : std::string("no peer has finished "),
             round >= 0 ? Str("round ", round) : std::string("a round")),
         peer >= 0 ? Str("run mtl-cotrain round ", path, " --peer ", peer,
                         " first, or name another peer")
                   : std::string("run mtl-cotrain round first"));
  }
  return models;
}

std::string MissingText(const std::vector<Index>& missing, Index round) {
  if (missing.empty()) return "";
  const bool one = missing.size() == 1;
  return Str(PeersText(missing), one ? " has" : " have", " not finished ",
             round >= 0 ? Str("round ", round) : std::string("a round"),
             one ? " and is" : " and are", " left out");
}

}  // namespace mtlkit
