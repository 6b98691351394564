#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// CPU time of this process so far, in seconds: robust against other load.
double CpuSeconds();
// Time that passed, for what runs on several threads.
double WallSeconds();
using Clock = double (*)();

// Something to be timed: `run(n)` does it n times.
struct Contestant {
  std::string name;
  std::function<void(Index)> run;
};

// Middle and quartiles of a ratio over rounds.
struct Quartiles {
  double low = 0;
  double middle = 0;
  double high = 0;
  bool noisy() const { return high > 1.3 * middle || low < 0.7 * middle; }
};
Quartiles QuartilesOf(std::vector<double> values);

// Seconds a call of each contestant (second index), for each round (first):
// they take turns in an order that rotates, each for about `target` seconds,
// so that what disturbs the machine disturbs all of them.
std::vector<std::vector<double>> PlayRounds(
    const std::vector<Contestant>& contestants, Index rounds, double target,
    Clock clock = CpuSeconds);

}  // namespace mtlkit
