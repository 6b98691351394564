#include "cotrain/rounds.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/error.h"
#include "base/seconds.h"
#include "base/text.h"
#include "cotrain/participants.h"
#include "cotrain/round_inputs.h"
#include "cotrain/status.h"

namespace mtlkit {
namespace {

// Sleeps, or is woken by a request to stop.
void Sleep(double seconds, const TrainEnvironment& environment) {
  using std::chrono::milliseconds;
  for (double slept = 0; slept < seconds; slept += 0.1) {
    Require(environment.stop == nullptr || !environment.stop->load(),
            ErrorKind::kStopped, "stopped while waiting for other peers",
            "run the round again later");
    std::this_thread::sleep_for(milliseconds(100));
  }
}

// Whether the round is to be run, once peers have been waited for.
bool AwaitPeers(const Collaboration& run, Index peer, Index round,
                const RoundsRequest& request,
                const TrainEnvironment& environment) {
  if (round < 0) {
    round = NextRoundOf(run.spec, peer, run.folder.NewestRound(peer));
  }
  if (run.folder.NewestRound(peer) >= round) return true;  // done
  double left = ParseSeconds(request.wait, "--wait");
  if (left == 0 && request.on_missing == "go") return true;
  double pause = 0.2;
  std::vector<Index> missing = NotYetThere(run, peer, round);
  while (!missing.empty() && left > 0) {
    Sleep(std::min(pause, left), environment);
    left -= pause;
    pause = std::min(5.0, 1.5 * pause);
    missing = NotYetThere(run, peer, round);
  }
  if (missing.empty() || request.on_missing == "go") return true;
  const std::string what =
      Str("peer ", peer, ": round ", round, " waits for ", PeersText(missing));
  Require(request.on_missing == "skip", ErrorKind::kStopped, what,
          "run the round again later");
  if (environment.reporter != nullptr) {
    environment.reporter->Note(Str(what, ", and is left for later"));
  }
  return false;
}

// Of the peers, those whose turn it is: all, or where a round is not everyone's
// those that take part in the first one that is not done.
std::vector<Index> NextOnes(const Collaboration& run,
                            const std::vector<Index>& peers,
                            const RoundsRequest& request) {
  if (AllTakePart(run.spec) || peers.size() == 1) return peers;
  Index first = request.round;
  std::vector<Index> next;
  for (const Index peer : peers) {
    next.push_back(NextRoundOf(run.spec, peer, run.folder.NewestRound(peer)));
    if (request.round < 0)
      first = first < 0 ? next.back() : std::min(first, next.back());
  }
  std::vector<Index> turn;
  for (std::size_t i = 0; i < peers.size(); ++i) {
    if (request.round >= 0 ? TakesPart(run.spec, peers[i], first)
                           : next[i] == first) {
      turn.push_back(peers[i]);
    }
  }
  return turn;
}

}  // namespace

void RoundsRequest::Describe(Fields& fields) {
  fields.Named("peer", peer, "N|all", "whose round");
  fields("round", round, "which one; -1: the next", AtLeast(-1));
  fields("rounds", rounds, "how many more, one after the other", AtLeast(1));
  fields("until", until,
         "all up to this one that are not done: given again, it goes on; 0: "
         "not used",
         AtLeast(0));
  fields.Named("wait", wait, "TIME",
               "how long a round waits for peers that have not done the round "
               "before it: 90s, 5m");
  fields("on-missing", on_missing,
         "if they do not come: read what there is, leave the round undone, or "
         "end with exit code 75",
         {"go", "skip", "fail"});
}

void RoundsRequest::Check() const {
  Require((round >= 0) + (rounds > 1) + (until > 0) <= 1, ErrorKind::kUsage,
          "--round, --rounds and --until exclude each other", "give one");
  ParseSeconds(wait, "--wait");
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
    if (!AwaitPeers(run, peer, number, request, environment)) return;
    const RoundReport report = RunRound(run, peer, number, environment);
    if (environment.reporter == nullptr) return;
    environment.reporter->Note(
        Str("peer ", peer, ": round ", report.record.round,
            report.already_done ? " is already done" : " is done"));
  };
  const std::vector<Index> peers = request.PeersOf(run.spec);
  for (Index i = 0; i < request.rounds && request.until == 0; ++i) {
    for (const Index peer : NextOnes(run, peers, request)) {
      make(peer, request.round);
    }
  }
  for (Index number = 1; number <= request.until; ++number) {
    for (const Index peer : peers) {
      if (!TakesPart(run.spec, peer, number)) continue;
      // The last is reported, done or not.
      const bool is_done = run.folder.NewestRound(peer) >= number;
      if (!is_done || number == request.until) make(peer, number);
    }
  }
}

}  // namespace mtlkit
