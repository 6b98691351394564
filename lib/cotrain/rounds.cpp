#include "cotrain/rounds.h"

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {

void RoundsRequest::Describe(Fields& fields) {
  fields.Named("peer", peer, "N|all", "whose round");
  fields("round", round, "which one; -1: the next", AtLeast(-1));
  fields("rounds", rounds, "how many more, one after the other", AtLeast(1));
  fields("until", until,
         "all up to this one that are not done: given again, it goes on; 0: "
         "not used",
         AtLeast(0));
}

void RoundsRequest::Check() const {
  Require((round >= 0) + (rounds > 1) + (until > 0) <= 1, ErrorKind::kUsage,
          "--round, --rounds and --until exclude each other", "give one");
  Require(round != 0, ErrorKind::kUsage,
          "--round 0 is what mtl-cotrain init makes", "rounds begin with 1");
}

std::vector<Index> RoundsRequest::PeersOf(const RunSpec& spec) const {
  if (peer == "all") {
    Require(!spec.has_own_data(), ErrorKind::kUsage,
            "--peer all: the peers of this run have data of their own",
            "say with --peer whose data --data are");
    std::vector<Index> peers;
    for (Index k = 0; k < spec.peers; ++k) peers.push_back(k);
    return peers;
  }
  long long number = -1;
  Require(ParseInteger(peer, &number), ErrorKind::kUsage,
          Str("--peer '", peer, "' is neither a number nor all"));
  return {static_cast<Index>(number)};
}

void RunRounds(const Collaboration& run, const RoundsRequest& request,
               const TrainEnvironment& environment) {
  const auto make = [&](Index peer, Index number) {
    const RoundReport report = RunRound(run, peer, number, environment);
    if (environment.reporter == nullptr) return;
    environment.reporter->Note(
        Str("peer ", peer, ": round ", report.record.round,
            report.already_done ? " is already done" : " is done"));
  };
  const std::vector<Index> peers = request.PeersOf(run.spec);
  for (Index i = 0; i < request.rounds && request.until == 0; ++i) {
    for (const Index peer : peers) make(peer, request.round);
  }
  for (Index number = 1; number <= request.until; ++number) {
    for (const Index peer : peers) {
      // The last is reported, done or not.
      const bool is_done = run.folder.NewestRound(peer) >= number;
      if (!is_done || number == request.until) make(peer, number);
    }
  }
}

}  // namespace mtlkit
