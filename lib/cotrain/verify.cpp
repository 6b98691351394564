#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/text.h"
#include "cotrain/collect.h"
#include "cotrain/participants.h"
#include "cotrain/record.h"
#include "cotrain/run.h"
#include "cotrain/status.h"
#include "h5/file_reader.h"

namespace mtlkit {
namespace {

namespace fs = std::filesystem;

// However large a file is.
constexpr OpenOptions kWhole = {.check_whole = true};

void CheckRound(const RunFolder& folder, const DoneRecord& record,
                bool reads_ahead) {
  if (!IsCollected(folder, record.peer, record.round, "model")) {
    FileReader::Open(folder.ModelPath(record.peer, record.round),
                     {FileKind::kModel}, kWhole);
  }
  const bool unread =
      IsCollected(folder, record.peer, record.round, "publication");
  if (!record.publication_file_sha256.empty() && !unread) {
    const std::string path = folder.PublicationPath(record.peer, record.round);
    const FileReader file = FileReader::Open(path, {FileKind::kRound}, kWhole);
    Require(file.content_sha256() == record.publication_content_sha256,
            ErrorKind::kBadInput,
            Str(path, ": its content is not what DONE.json says"));
  }
  for (const RoundInput& input : record.inputs) {
    const std::string path = folder.PublicationPath(input.peer, input.round);
    Require(input.round < record.round || reads_ahead, ErrorKind::kBadInput,
            Str(folder.DonePath(record.peer, record.round),
                ": it read a publication of round ", input.round));
    const auto done = PeekDone(folder, input.peer, input.round);
    Require(done && done->publication_content_sha256 == input.content_sha256,
            ErrorKind::kBadInput,
            Str(folder.DonePath(record.peer, record.round), ": ", path,
                " is not what it read"));
  }
}

// Merges have no record: a file says by itself whether it is whole. Names only.
std::vector<std::string> MergedFiles(const RunFolder& folder) {
  std::vector<std::string> files;
  std::error_code none;
  for (const auto& entry :
       fs::directory_iterator(folder.MergedFolder(), none)) {
    files.push_back(entry.path().filename().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

class Verifier {
 public:
  explicit Verifier(const RunFolder& folder)
      : folder_(folder), spec_(ReadSpec(folder)) {}

  std::vector<std::string> Check() {
    for (Index peer = 0; peer < spec_.peers; ++peer) CheckPeer(peer);
    for (Index peer = 0; peer < spec_.peers; ++peer) {
      Try([&] { CheckBegun(peer); });
    }
    Try([&] { CheckMerged(); });
    Try([&] { folder_.EventsPath(); });
    Try([&] { folder_.LocalCheckpointPath(); });
    Try([&] { CheckStrays(); });
    return problems_;
  }

 private:
  void CheckMerged() {
    for (const std::string& file : MergedFiles(folder_)) {
      Try([&] {
        FileReader::Open(folder_.MergedFile(file),
                         {FileKind::kModel, FileKind::kPredictions}, kWhole);
      });
    }
  }

  void CheckStrays() {
    for (const std::string& stray : folder_.Strays(spec_.peers)) {
      Add(Str(folder_.path(), "/", stray, ": the run has no such peer (",
              Counted(spec_.peers, "peer", "peers"), ")"));
    }
  }

  void CheckPeer(Index peer) {
    // A peer has its first round from the start; in one process the only one.
    const Index first = spec_.local ? 1 : 0;
    Index newest = first;
    Try([&] { newest = std::max(first, folder_.NewestRound(peer)); });
    for (Index round = first; round <= newest; ++round) {
      if (round > 0 && !TakesPart(spec_, peer, round)) continue;
      Try([&] {
        folder_.RequireOwnRound(peer, round);
        const auto record = Read(peer, round);
        Require(record.has_value(), ErrorKind::kBadInput,
                Str(folder_.DonePath(peer, round), ": it is missing"));
        const bool unread = IsCollected(folder_, peer, round, "publication");
        if (!spec_.local && round > 0 && !unread) {
          ReadPublished(folder_, peer, round);
        }
        CheckRound(folder_, *record, spec_.cotrain.async);
      });
      if (spec_.local || round == 0) continue;
      Try([&] { CheckCommitted(peer, round); });
    }
  }

  // The record of a round and the files of it that have not been collected.
  std::optional<DoneRecord> Read(Index peer, Index round) const {
    if (IsCollected(folder_, peer, round, "publication")) {
      return PeekDone(folder_, peer, round);
    }
    if (IsCollected(folder_, peer, round, "model")) {
      return ReadDonePublication(folder_, peer, round);
    }
    return ReadDone(folder_, peer, round);
  }

  // What a round has committed to read is what it says that it read.
  void CheckCommitted(Index peer, Index round) {
    const auto inputs = ReadRoundInputs(folder_, peer, round);
    const std::string path = folder_.InputsPath(peer, round);
    Require(inputs.has_value(), ErrorKind::kBadInput,
            Str(path, ": it is missing"));
    const auto record = PeekDone(folder_, peer, round);
    Require(!record || record->inputs == *inputs, ErrorKind::kBadInput,
            Str(path, ": it says otherwise than DONE.json beside it"));
  }

  // The round after the last, which goes on with what it committed to.
  void CheckBegun(Index peer) {
    const Index round =
        NextRoundOf(spec_, peer, std::max<Index>(0, folder_.NewestRound(peer)));
    folder_.RequireOwnRound(peer, round);
    if (spec_.local) return;
    const auto inputs = ReadRoundInputs(folder_, peer, round);
    if (!inputs) return;
    for (const RoundInput& input : *inputs) {
      const auto done = PeekDone(folder_, input.peer, input.round);
      Require(done && done->publication_content_sha256 == input.content_sha256,
              ErrorKind::kBadInput,
              Str(folder_.InputsPath(peer, round), ": ",
                  folder_.PublicationPath(input.peer, input.round),
                  " is not what it committed to read"));
    }
  }

  template <class Work>
  void Try(const Work& work) {
    try {
      work();
    } catch (const Error& error) {
      Add(error.message());
    }
  }

  // One thing may stand in the way of several checks.
  void Add(const std::string& problem) {
    if (std::find(problems_.begin(), problems_.end(), problem) ==
        problems_.end()) {
      problems_.push_back(problem);
    }
  }

  const RunFolder& folder_;
  RunSpec spec_;
  std::vector<std::string> problems_;
};

}  // namespace

std::vector<std::string> VerifyRun(const std::string& path) {
  const RunFolder folder(path);
  return Verifier(folder).Check();
}

}  // namespace mtlkit
