#include "bench/measure.h"

#include <algorithm>
#include <cmath>
#include <ctime>

namespace mtlkit {
namespace {

double SecondsOn(clockid_t clock) {
  timespec now = {};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) +
         1e-9 * static_cast<double>(now.tv_nsec);
}

double SecondsOf(const Contestant& contestant, Index times, Clock clock) {
  const double start = clock();
  contestant.run(times);
  return clock() - start;
}

// Calls that take about `target` seconds; also warms up.
Index Calibrate(const Contestant& contestant, double target, Clock clock) {
  Index times = 1;
  double spent = SecondsOf(contestant, times, clock);
  while (spent < target / 4) {
    times *= 4;
    spent = SecondsOf(contestant, times, clock);
  }
  const double wanted = static_cast<double>(times) * target / spent;
  return std::max(Index{1}, static_cast<Index>(std::lround(wanted)));
}

}  // namespace

double CpuSeconds() {
  return SecondsOn(CLOCK_PROCESS_CPUTIME_ID);
}
double WallSeconds() {
  return SecondsOn(CLOCK_MONOTONIC);
}

Quartiles QuartilesOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    const double place = share * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    const double part = place - static_cast<double>(below);
    return values[below] + part * (values[above] - values[below]);
  };
  return {at(0.25), at(0.5), at(0.75)};
}

std::vector<std::vector<double>> PlayRounds(
    const std::vector<Contestant>& contestants, Index rounds, double target,
    Clock clock) {
  std::vector<Index> times;
  for (const Contestant& contestant : contestants) {
    times.push_back(Calibrate(contestant, target, clock));
  }
  std::vector<std::vector<double>> seconds;
  for (Index round = 0; round < rounds; ++round) {
    std::vector<double> own(contestants.size());
    for (std::size_t turn = 0; turn < contestants.size(); ++turn) {
      const std::size_t i =
          (turn + static_cast<std::size_t>(round)) % contestants.size();
      const double spent = SecondsOf(contestants[i], times[i], clock);
      own[i] = spent / static_cast<double>(times[i]);
    }
    seconds.push_back(std::move(own));
  }
  return seconds;
}

}  // namespace mtlkit
