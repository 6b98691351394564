#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cotrain/collaboration.h"
#include "cotrain/publication.h"
#include "cotrain/record.h"
#include "nn/model.h"
#include "train/loop.h"

namespace mtlkit {

// Where a peer's round starts. No file is read or written by its work, so that
// rounds are the same whatever way publications go.
struct RoundStart {
  Index peer = 0;
  Index round = 0;                  // from 1
  Model model;                      // as the round before left it
  std::function<Model()> first;     // as the peer began, where it is wanted
  std::vector<Publication> inputs;  // by peer, of earlier rounds
};

// What a round makes.
struct RoundWork {
  Model model;
  Publication publication;
  Index rows = 0;       // with something to learn, the proposed ones included
  Index proposed = 0;   // labels that peers proposed
  bool undone = false;  // --guard: the model is that of the round before
  std::vector<std::string> notes;  // for users
  std::vector<RoundMeasure> measures;
};

// Plans, trains, publishes and measures one round: a pure function of the run's
// settings and the start, to the bit, but for a checkpoint that training may
// go on from (`environment`).
RoundWork WorkRound(const Collaboration& run, RoundStart start,
                    const TrainEnvironment& environment);

}  // namespace mtlkit
