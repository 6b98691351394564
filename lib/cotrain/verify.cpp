#include <filesystem>

#include "base/error.h"
#include "cotrain/record.h"
#include "cotrain/run.h"
#include "cotrain/status.h"
#include "h5/file_reader.h"

namespace mtlkit {
namespace {

void CheckRound(const RunFolder& folder, const DoneRecord& record) {
  FileReader::Open(folder.ModelPath(record.peer, record.round),
                   {FileKind::kModel});
  if (!record.publication_file_sha256.empty()) {
    const std::string path = folder.PublicationPath(record.peer, record.round);
    const FileReader file = FileReader::Open(path, {FileKind::kRound});
    Require(file.content_sha256() == record.publication_content_sha256,
            ErrorKind::kBadInput,
            Str(path, ": its content is not what DONE.json says"));
  }
  for (const RoundInput& input : record.inputs) {
    const std::string path = folder.PublicationPath(input.peer, input.round);
    Require(input.round < record.round, ErrorKind::kBadInput,
            Str(folder.DonePath(record.peer, record.round),
                ": it read a publication of round ", input.round));
    const auto done = PeekDone(folder, input.peer, input.round);
    Require(done && done->publication_content_sha256 == input.content_sha256,
            ErrorKind::kBadInput,
            Str(folder.DonePath(record.peer, record.round), ": ", path,
                " is not what it read"));
  }
}

}  // namespace

std::vector<std::string> VerifyRun(const std::string& path) {
  const RunFolder folder(path);
  const RunSpec spec = folder.ReadSpec();
  std::vector<std::string> problems;
  for (Index peer = 0; peer < spec.peers; ++peer) {
    const Index newest = folder.NewestRound(peer);
    for (Index round = spec.local ? 1 : 0; round <= newest; ++round) {
      try {
        const auto record = ReadDone(folder, peer, round);
        Require(record.has_value(), ErrorKind::kBadInput,
                Str(folder.DonePath(peer, round), ": it is missing"));
        CheckRound(folder, *record);
      } catch (const Error& error) {
        problems.push_back(error.message());
      }
    }
  }
  return problems;
}

}  // namespace mtlkit
