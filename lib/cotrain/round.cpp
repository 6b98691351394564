#include <nlohmann/json.hpp>

#include "base/error.h"
#include "cotrain/collaboration.h"
#include "cotrain/kill_point.h"
#include "cotrain/own_data.h"
#include "cotrain/round_inputs.h"
#include "cotrain/round_work.h"
#include "cotrain/status.h"
#include "h5/atomic_file.h"
#include "h5/provenance.h"
#include "nn/model_io.h"

namespace mtlkit {
namespace {

std::string ProvenanceOfRound(const Collaboration& run, const Model& model,
                              const DoneRecord& record) {
  std::vector<ProvenanceSource> sources = {
      {"data", run.data.content_sha256, run.data.provenance},
      {"model", model.content_sha256, model.provenance}};
  for (const RoundInput& input : record.inputs) {
    if (input.peer == record.peer) continue;
    sources.push_back({Str("peer-", input.peer, "-round-", input.round),
                       input.content_sha256, "[]"});
  }
  return ExtendProvenance("mtl-cotrain round", run.spec.seed,
                          {{"method", run.spec.method},
                           {"peer", record.peer},
                           {"round", record.round}},
                          sources);
}

// Says whom the round learns nothing from though it might.
void TellMissingPeers(const Collaboration& run, const DoneRecord& record,
                      Reporter* reporter) {
  const auto missing = MissingPeers(run.folder, run.spec, record);
  if (missing.empty() || reporter == nullptr) return;
  const bool one = missing.size() == 1;
  reporter->Warn(
      Str("peer ", record.peer, ": round ", record.round, " reads nothing of ",
          PeersText(missing), one ? ", which has" : ", which have",
          " no finished round before it that is young enough (--max-stale ",
          run.spec.cotrain.max_stale, ")"));
}

// Reads what the round starts from, has it done, and writes what comes of it.
DoneRecord MakeRound(const Collaboration& run, Index peer, Index round,
                     TrainEnvironment environment) {
  const RunFolder& folder = run.folder;
  DoneRecord record;
  record.peer = peer;
  record.round = round;
  record.notes = CheckOwnData(run, peer, round);
  if (environment.reporter != nullptr) {
    for (const std::string& note : record.notes) {
      environment.reporter->Warn(Str("peer ", peer, ": ", note));
    }
  }
  if (run.spec.has_own_data()) record.data_sha256 = run.data.content_sha256;
  CreateFolders(folder.RoundPath(peer, round));
  RoundStart start;
  start.peer = peer;
  start.round = round;
  start.model = ReadModel(folder.ModelPath(peer, round - 1));
  start.first = [&] { return ReadModel(folder.ModelPath(peer, 0)); };
  record.inputs = CommittedInputs(run, peer, round);
  start.inputs =
      ReadInputs(run, peer, round, record.inputs, start.model.params);
  TellMissingPeers(run, record, environment.reporter);
  environment.checkpoint = folder.CheckpointPath(peer, round);
  RoundWork work = WorkRound(run, std::move(start), environment);
  KillPoint("trained");

  work.model.provenance = ProvenanceOfRound(run, work.model, record);
  WriteModel(work.model, folder.ModelPath(peer, round));
  KillPoint("model");
  record.publication_content_sha256 =
      WritePublication(work.publication, run.data, work.model.provenance,
                       folder.PublicationPath(peer, round));
  KillPoint("publication");
  record.rows = work.rows;
  record.proposed = work.proposed;
  record.notes.insert(record.notes.end(), work.notes.begin(), work.notes.end());
  record.measures = std::move(work.measures);
  WriteDone(folder, record);
  RemoveOutput(environment.checkpoint);
  return record;
}

}  // namespace

RoundReport RunRound(const Collaboration& run, Index peer, Index round,
                     const TrainEnvironment& environment) {
  if (peer < 0 || peer >= run.spec.peers) {
    Fail(ErrorKind::kUsage, Str("there is no peer ", peer),
         Str("the run has peers 0 to ", run.spec.peers - 1));
  }
  const Index newest = run.folder.NewestRound(peer);
  if (round < 0) round = newest + 1;
  RoundReport report;
  if (auto done = ReadDone(run.folder, peer, round)) {
    report.already_done = true;
    report.record = std::move(*done);
    return report;
  }
  if (round <= 1 && !ReadDone(run.folder, peer, 0)) {
    Fail(ErrorKind::kUsage,
         Str(run.folder.path(), ": the run was not begun completely"),
         "run mtl-cotrain init again, with the same flags");
  }
  if (round > 1 && !ReadDone(run.folder, peer, round - 1)) {
    Fail(ErrorKind::kUsage,
         Str("peer ", peer, " has not done the round before round ", round),
         "run its rounds in order");
  }
  report.record = MakeRound(run, peer, round, environment);
  run.folder.Log({{"event", "round"}, {"peer", peer}, {"round", round}});
  return report;
}

}  // namespace mtlkit
