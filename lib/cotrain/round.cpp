#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "cotrain/collaboration.h"
#include "cotrain/kill_point.h"
#include "cotrain/lease.h"
#include "cotrain/own_data.h"
#include "cotrain/participants.h"
#include "cotrain/round_inputs.h"
#include "cotrain/round_work.h"
#include "cotrain/status.h"
#include "h5/atomic_file.h"
#include "h5/digest.h"
#include "h5/provenance.h"
#include "nn/model_io.h"

namespace mtlkit {
namespace {

// A folder of its own, gone with the object.
class TempFiles {
 public:
  TempFiles() {
    std::string form =
        (std::filesystem::temp_directory_path() / "mtlkit-replay-XXXXXX")
            .string();
    Require(::mkdtemp(form.data()) != nullptr, ErrorKind::kCannotCreate,
            Str(form, ": it cannot be made"), "set TMPDIR to another folder");
    path_ = form;
  }
  ~TempFiles() {
    std::error_code none;
    std::filesystem::remove_all(path_, none);
  }
  TempFiles(const TempFiles&) = delete;
  TempFiles& operator=(const TempFiles&) = delete;
  std::string operator/(std::string_view name) const {
    return Str(path_, "/", name);
  }

 private:
  std::string path_;
};

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

// What a round starts from, given what it reads.
RoundStart StartOf(const Collaboration& run, const DoneRecord& record) {
  const RunFolder& folder = run.folder;
  const Index peer = record.peer;
  RoundStart start;
  start.peer = peer;
  start.round = record.round;
  start.model = ReadModel(
      folder.ModelPath(peer, RoundBefore(run.spec, peer, record.round)));
  start.first = [&folder, peer] {
    return ReadModel(folder.ModelPath(peer, 0));
  };
  start.inputs =
      ReadInputs(run, peer, record.round, record.inputs, start.model.params);
  return start;
}

// Writes the two files of a round, and notes the content of the second.
void WriteFiles(const Collaboration& run, const std::string& model,
                const std::string& publication, RoundWork* work,
                DoneRecord* record) {
  work->model.provenance = ProvenanceOfRound(run, work->model, *record);
  WriteModel(work->model, model);
  KillPoint("model");
  record->publication_content_sha256 = WritePublication(
      work->publication, run.data, work->model.provenance, publication);
  KillPoint("publication");
}

// Of a finished round: what a process that was killed as it ended has left.
void SweepUp(const RunFolder& folder, Index peer, Index round) {
  const std::string checkpoint = folder.CheckpointPath(peer, round);
  const auto is_there = [](const std::string& path) {
    return std::filesystem::exists(std::filesystem::symlink_status(path));
  };
  if (!is_there(folder.LeasePath(peer, round)) && !is_there(checkpoint)) return;
  try {
    const Lease lease(folder, peer, round);
    RemoveOutput(checkpoint);
  } catch (const Error&) {
    // Whoever holds the lease is about to do the same, and where nothing may be
    // written it harms nobody.
  }
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
  const Lease lease(folder, peer, round);
  // Another copy may have done it since.
  if (auto done = ReadDone(folder, peer, round)) return *done;
  record.inputs = CommittedInputs(run, peer, round);
  RoundStart start = StartOf(run, record);
  TellMissingPeers(run, record, environment.reporter);
  environment.checkpoint = folder.CheckpointPath(peer, round);
  RoundWork work = WorkRound(run, std::move(start), environment);
  KillPoint("trained");

  WriteFiles(run, folder.ModelPath(peer, round),
             folder.PublicationPath(peer, round), &work, &record);
  record.rows = work.rows;
  record.proposed = work.proposed;
  record.undone = work.undone;
  record.notes.insert(record.notes.end(), work.notes.begin(), work.notes.end());
  record.measures = std::move(work.measures);
  WriteDone(folder, record);
  KillPoint("done");
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
  if (round < 0) round = NextRoundOf(run.spec, peer, newest);
  Require(round == 0 || TakesPart(run.spec, peer, round), ErrorKind::kUsage,
          Str("peer ", peer, " does not take part in round ", round,
              " (--fraction ", run.spec.cotrain.fraction, ")"),
          Str("its next one is round ", NextRoundOf(run.spec, peer, round)));
  RoundReport report;
  if (auto done = ReadDone(run.folder, peer, round)) {
    SweepUp(run.folder, peer, round);
    report.already_done = true;
    report.record = std::move(*done);
    return report;
  }
  const Index before = round > 0 ? RoundBefore(run.spec, peer, round) : 0;
  if (before == 0 && !ReadDone(run.folder, peer, 0)) {
    Fail(ErrorKind::kUsage,
         Str(run.folder.path(), ": the run was not begun completely"),
         "run mtl-cotrain init again, with the same flags");
  }
  if (before > 0 && !ReadDone(run.folder, peer, before)) {
    Fail(ErrorKind::kUsage,
         Str("peer ", peer, " has not done the round before round ", round),
         "run its rounds in order");
  }
  report.record = MakeRound(run, peer, round, environment);
  run.folder.Log({{"event", "round"}, {"peer", peer}, {"round", round}});
  return report;
}

std::vector<std::string> ReplayRound(const Collaboration& run, Index peer,
                                     Index round,
                                     const TrainEnvironment& environment) {
  Require(peer >= 0 && peer < run.spec.peers, ErrorKind::kUsage,
          Str("there is no peer ", peer),
          Str("the run has peers 0 to ", run.spec.peers - 1));
  const auto done = PeekDone(run.folder, peer, round);
  Require(done && round > 0, ErrorKind::kUsage,
          Str("peer ", peer, " has not done round ", round),
          "name one that is done");
  DoneRecord record;
  record.peer = peer;
  record.round = round;
  record.inputs = done->inputs;
  const TempFiles files;
  RoundWork work = WorkRound(run, StartOf(run, record), environment);
  WriteFiles(run, files / "model.h5", files / "publish.h5", &work, &record);
  std::vector<std::string> differ;
  if (Sha256OfFile(files / "model.h5") != done->model_file_sha256) {
    differ.push_back(run.folder.ModelPath(peer, round));
  }
  if (record.publication_content_sha256 != done->publication_content_sha256) {
    differ.push_back(run.folder.PublicationPath(peer, round));
  }
  return differ;
}

}  // namespace mtlkit
