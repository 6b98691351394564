#include "eval/seed_interval.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mtlkit {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

// A variance that a few wild draws do not decide: that of a normal
// distribution with the same central 68.3 %.
double SpreadOf(std::vector<double> draws) {
  std::erase_if(draws, [](double draw) { return std::isnan(draw); });
  if (draws.size() < 2) return kUndefinedValue;
  std::sort(draws.begin(), draws.end());
  const double width =
      QuantileOf(draws, NormalShare(1)) - QuantileOf(draws, NormalShare(-1));
  return width * width / 4;
}

// The part of the variance over rows that is the seeds' own: what their draws
// have not in common with the mean's.
double OwnMisses(const SeedSample& seeds, double value,
                 const std::vector<double>& draws) {
  double sum = 0;
  std::vector<double> apart(draws.size());
  for (std::size_t s = 0; s < seeds.draws.size(); ++s) {
    for (std::size_t i = 0; i < draws.size(); ++i) {
      apart[i] = (seeds.draws[s][i] - draws[i]) - (seeds.whole[s] - value);
    }
    sum += SpreadOf(apart);
  }
  const auto count = static_cast<double>(seeds.draws.size());
  return sum / (count - 1) / count;
}

}  // namespace

double DeviationOf(std::span<const double> values) {
  const auto count = static_cast<double>(values.size());
  if (count < 2) return kUndefinedValue;
  const auto [least, most] = std::ranges::minmax(values);
  if (least == most) return 0;  // not what rounding makes of it
  double mean = 0;
  for (const double value : values) mean += value / count;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / (count - 1));
}

Estimate WithSeeds(const Estimate& rows, const std::vector<double>& draws,
                   std::span<const SeedSample> recipes, double level) {
  if (recipes.empty() || std::isnan(rows.low) || std::isinf(rows.low)) {
    return rows;
  }
  double own = 0;
  double variance = 0;  // of the means over seeds, and Welch's sum for it
  double welch = 0;
  for (const SeedSample& seeds : recipes) {
    const auto count = static_cast<double>(seeds.whole.size());
    const double error = DeviationOf(seeds.whole) / std::sqrt(count);
    if (!std::isfinite(error)) {
      return {rows.value, -kInf, kInf, NoInterval::kInfinite};
    }
    if (error == 0) continue;  // it has no part in this number
    variance += error * error;
    welch += std::pow(error, 4) / (count - 1);
    const double misses = OwnMisses(seeds, rows.value, draws);
    if (std::isfinite(misses)) own += misses;
  }
  if (variance == 0) return rows;
  const double t =
      StudentQuantile((1 + level) / 2, variance * variance / welch);
  const double squares = t * t * variance;
  const double all = SpreadOf(draws);
  const double common = all > 0 ? std::clamp(1 - own / all, 0.0, 1.0) : 1;
  const auto reach = [&](double half) {
    return std::sqrt(common * half * half + squares);
  };
  return {rows.value, rows.value - reach(rows.value - rows.low),
          rows.value + reach(rows.high - rows.value)};
}

}  // namespace mtlkit
