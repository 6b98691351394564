#include "cotrain/round_inputs.h"

#include <algorithm>

#include "base/error.h"
#include "cotrain/kill_point.h"
#include "cotrain/participants.h"

namespace mtlkit {
namespace {

// Rounds that run free read what is ahead of them, but for the peer's own.
Index NewestToRead(const Collaboration& run, Index other, Index peer,
                   Index round) {
  const bool any = run.spec.cotrain.async && other != peer;
  return run.folder.NewestRound(other, any ? -1 : round - 1);
}

// The newest publication of each peer that a round may read.
std::vector<RoundInput> ChooseInputs(const Collaboration& run, Index peer,
                                     Index round) {
  std::vector<RoundInput> inputs;
  Index others = 0;
  for (Index other = 0; other < run.spec.peers; ++other) {
    if (other != peer && !run.method->reads_others) continue;
    const Index newest = NewestToRead(run, other, peer, round);
    if (newest < 1 || newest < OldestRead(run.spec, round)) continue;
    const auto done = ReadPublished(run.folder, other, newest);
    if (!done) continue;
    inputs.push_back({other, newest, done->publication_content_sha256});
    others += other != peer;
  }
  Require(round == 1 || AllTakePart(run.spec) || !inputs.empty(),
          ErrorKind::kStopped,
          Str("none of the peers that take part in round ", round - 1,
              " has published"),
          "run the round again later");
  if (round > 1 && others < run.spec.cotrain.min_peers) {
    Fail(ErrorKind::kStopped,
         Str("only ", others, " of the ", run.spec.cotrain.min_peers,
             " other peers that --min-peers asks for have published"),
         "run the round again later");
  }
  return inputs;
}

}  // namespace

Index OldestRead(const RunSpec& spec, Index round) {
  // Who is drawn makes what the round before is about.
  return AllTakePart(spec) ? round - spec.cotrain.max_stale : round - 1;
}

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

std::vector<Index> NotYetThere(const Collaboration& run, Index peer,
                               Index round) {
  std::vector<Index> missing;
  const Index before = round - 1;
  if (before < 1 || !run.method->reads_others) return missing;
  if (ReadRoundInputs(run.folder, peer, round)) return missing;
  for (Index other = 0; other < run.spec.peers; ++other) {
    if (other == peer || !TakesPart(run.spec, other, before)) continue;
    const Index newest = NewestToRead(run, other, peer, round);
    const Index wanted = run.spec.cotrain.async
                             ? std::max<Index>(1, OldestRead(run.spec, round))
                             : before;
    if (newest < wanted) missing.push_back(other);
  }
  return missing;
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
