#include "cotrain/round_inputs.h"

#include "base/error.h"
#include "cotrain/kill_point.h"

namespace mtlkit {
namespace {

// The newest publication of each peer that a round may read.
std::vector<RoundInput> ChooseInputs(const Collaboration& run, Index peer,
                                     Index round) {
  std::vector<RoundInput> inputs;
  Index others = 0;
  for (Index other = 0; other < run.spec.peers; ++other) {
    if (other != peer && !run.method->reads_others) continue;
    const Index newest = run.folder.NewestRound(other, round - 1);
    if (newest < 1 || newest < round - run.spec.cotrain.max_stale) continue;
    const auto done = ReadPublished(run.folder, other, newest);
    if (!done) continue;
    inputs.push_back({other, newest, done->publication_content_sha256});
    others += other != peer;
  }
  if (round > 1 && others < run.spec.cotrain.min_peers) {
    Fail(ErrorKind::kStopped,
         Str("only ", others, " of the ", run.spec.cotrain.min_peers,
             " other peers that --min-peers asks for have published"),
         "run the round again later");
  }
  return inputs;
}

}  // namespace

std::vector<RoundInput> CommittedInputs(const Collaboration& run, Index peer,
                                        Index round) {
  if (auto committed = ReadRoundInputs(run.folder, peer, round)) {
    return *committed;
  }
  auto inputs = ChooseInputs(run, peer, round);
  WriteRoundInputs(run.folder, peer, round, inputs);
  KillPoint("inputs");
  return inputs;
}

std::vector<Publication> ReadInputs(const Collaboration& run, Index peer,
                                    Index round,
                                    const std::vector<RoundInput>& inputs,
                                    const Params& params) {
  std::vector<Publication> publications;
  for (const RoundInput& input : inputs) {
    const std::string path =
        run.folder.PublicationPath(input.peer, input.round);
    const auto done = ReadPublished(run.folder, input.peer, input.round);
    if (!done || done->publication_content_sha256 != input.content_sha256) {
      Fail(ErrorKind::kBadInput,
           Str(path, ": it is not what this round committed to read"),
           Str("restore it, or remove ", run.folder.InputsPath(peer, round)));
    }
    publications.push_back(ReadPublication(
        path, run.data, params,
        {run.spec.Identity(), run.spec.Peer(input.peer).TasksOf(run.data)}));
  }
  return publications;
}

}  // namespace mtlkit
