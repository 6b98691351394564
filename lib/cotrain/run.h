#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "base/rng.h"
#include "cotrain/peer_spec.h"
#include "cotrain/run_folder.h"
#include "data/dataset.h"
#include "nn/arch.h"
#include "train/loop.h"

namespace mtlkit {

// How peers work together, apart from the method's own name. A field that the
// method does not use must be left at its default (see RoundTraits::fields).
struct CotrainOptions {
  // What of the training rows each peer gets: "all", "random" (disjoint
  // parts), "group" (whole groups of the dataset, disjoint), or "auto" (what
  // suits the method; never in a run.json).
  std::string rows_by = "auto";
  // Rounds that a publication may be old; older ones are not read.
  Index max_stale = 3;
  // Other peers that must have published; with fewer, a round asks to be run
  // again later.
  Index min_peers = 0;
  // Rounds read what is newest, though it be ahead of them.
  bool async = false;
  // A round that makes the peer worse on the rows of this split is undone.
  std::string guard;
  double guard_tolerance = 0;  // of the relative loss
  // Codistillation.
  double weight = 1;       // of the term that pulls towards the others
  Index burn_in = 0;       // rounds without that term
  double stale_decay = 1;  // a publication counts this much less a round
  // Parameters.
  std::string params = "all";  // what is exchanged: all, trunk or a pattern
  std::string buffers = "average";  // running statistics: average or keep
  std::string aggregate = "mean";   // aggregate.h
  double fraction = 1;              // of the peers that take part in a round
  // Selected examples.
  std::string labelling = "agree";  // shared, cross or agree
  // Picks a peer and round of each class: N, or CLASS=N of some.
  std::vector<std::string> per_class = {"1"};
  std::string conflict = "drop";  // two labels for a row: drop, first, ...
  Index pool = 200;               // unlabelled rows looked at a round; 0: all
  double threshold = 0;           // least probability of a pick

  void Describe(Fields& fields);
};

// run.json: what a collaborative run is. Written once by `init`, never
// changed.
struct RunSpec {
  std::string method;  // of cotrain/method.h, or a protocol ("local" runs)
  bool local = false;  // trained in one process by `mtl-cotrain local`
  Index peers = 0;
  Seed seed = 1;
  // What single peers are; empty: all are as the run's settings say.
  std::vector<PeerSpec> each;
  // The model that peers begin from, unless one has its own.
  ModelToBeginFrom from;
  // A file that says which arrays of these are which parameters
  // (interop/name_map.h), or "", as in a run that was read.
  std::string map;
  // Whether what becomes of numbers (ArchOptions::numbers) is what it is in the
  // model to begin from, as nobody has said it. Never in a run that was read.
  bool takes_numbers = false;
  ArchOptions arch;
  TrainOptions train;
  CotrainOptions cotrain;
  // The dataset: its path relative to the run's folder ("" if it came through
  // a pipe), and its identity.
  std::string data;
  std::string data_sha256;
  // Of a run whose peers have data of their own (`data` is empty then): what
  // these must agree on (agreement.h).
  std::string agreed;

  const PeerSpec& Peer(Index peer) const;
  const ModelToBeginFrom& FromOf(Index peer) const;
  bool has_own_data() const { return !agreed.empty(); }
  // What a publication is made for: the data, or what was agreed on.
  std::string Identity() const;
  ArchOptions ArchOf(Index peer) const;
  // Of a peer's training; peers whose parameters are averaged begin alike but
  // see their rows in orders of their own.
  Seed SeedOf(Index peer, Index round) const;
};

// run.json of a run's folder. Throws kMissingInput without one, kBadInput for
// one that is damaged.
RunSpec ReadSpec(const RunFolder& folder);
// Writes run.json. If there is one already: nothing if it says the same (the
// same data may lie elsewhere by now), kUsage, naming what differs, if not.
void WriteSpec(const RunFolder& folder, const RunSpec& spec);

// The dataset of the run: `override_path` if given, else the path of run.json.
// Other data than the run's are kBadInput. Where peers have data of their own,
// that path has to be given.
Dataset ReadRunData(const RunFolder& folder, const RunSpec& spec,
                    const std::string& override_path);

}  // namespace mtlkit
