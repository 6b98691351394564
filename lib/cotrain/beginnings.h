#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/reporter.h"
#include "cotrain/run.h"
#include "data/dataset.h"
#include "h5/provenance.h"
#include "interop/starting_point.h"
#include "nn/model.h"

namespace mtlkit {

// Whose beginning is wanted, and from what.
struct BeginningOf {
  const RunSpec& spec;
  const Dataset& data;  // of the run
  Index peer;
  Seed seed;                        // of its fresh parameters
  std::span<const Index> own_rows;  // whose labels the best constants are of
  // The training rows of all peers, ascending: labels that peers exchange must
  // have one scale.
  std::span<const Index> all_rows;
};

struct Beginning {
  Model model;
  std::string note;  // what became of another model's parameters; "": fresh
};

// How the peers of a run begin: with fresh parameters, and those of another
// model in their place where they have the same name, or the name that a map
// gives them (interop/starting_point.h).
class Beginnings {
 public:
  // Reads the models that `spec` names, each file once, and notes their digests
  // in it; and what they make of numbers, where it takes that from them and all
  // make the same.
  explicit Beginnings(RunSpec* spec);

  // A peer before it learns, its labels scaled for its losses
  // (train/target_scale.h). Throws what does not fit, with the peer's name in
  // front where peers differ.
  Beginning Make(const BeginningOf& of) const;

  // What a peer begins from, for its history.
  std::vector<ProvenanceSource> SourcesOf(const RunSpec& spec,
                                          Index peer) const;

 private:
  std::string NumbersOf(const RunSpec& spec) const;

  std::map<std::string, StartingPoint> points_;  // by path
};

// Tells the user what a peer took from another model; once where all are alike.
void NoteBeginning(const RunSpec& spec, Index peer, const std::string& note,
                   Reporter* reporter);

}  // namespace mtlkit
