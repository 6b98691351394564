#pragma once

#include "base/view.h"

namespace mtlkit {

// Lowers a rate when a measure stops falling, as torch's ReduceLROnPlateau.
struct Plateau {
  double factor = 0.1;
  Index patience = 3;
  double threshold = 1e-4;
  bool relative = true;  // threshold as a part of the best, or absolute
  bool lower_better = true;
  Index cooldown = 0;
  double floor = 0;
  double smallest_change = 1e-8;  // a smaller fall of the rate is left out

  // What it has seen: kept in checkpoints.
  struct State {
    double rate = 0;  // set by the caller before the first Observe
    double best = 0;
    bool any = false;
    Index bad = 0;
    Index cooling = 0;
  };
  // NaN counts as not better.
  void Observe(double measure, State* state) const;
};

}  // namespace mtlkit
