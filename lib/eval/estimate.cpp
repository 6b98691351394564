#include "eval/estimate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/normal_quantile.h"

namespace mtlkit {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

// Half the width in standard normal units: larger than that of the normal
// distribution where rows are few.
double HalfWidth(const IntervalOptions& options) {
  const double share = (1 + options.level) / 2;
  const double rows = std::max(options.rows, 2.0);
  const double all = std::max(options.all_rows, rows);
  const double freedom = std::max(all - all / rows, 1.0);
  return std::sqrt(rows / (rows - 1)) * StudentQuantile(share, freedom);
}

// Sorts the draws that are numbers, and says why they give no interval.
NoInterval Sort(double value, const IntervalOptions& options,
                std::vector<double>* draws) {
  const std::size_t all = draws->size();
  std::erase_if(*draws, [](double draw) { return std::isnan(draw); });
  std::sort(draws->begin(), draws->end());
  if (all == 0) return NoInterval::kNone;
  if (std::isnan(value)) return NoInterval::kUndefined;
  if (options.all_rows > 0 && options.all_rows < 2) return NoInterval::kOneRow;
  if (draws->empty() || draws->size() * 2 < all) return NoInterval::kFewDraws;
  return NoInterval::kNone;
}

}  // namespace

double QuantileOf(std::span<const double> sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double part = place - static_cast<double>(below);
  // Between infinite neighbours there is nothing to weigh.
  if (part == 0 || sorted[below] == sorted[above]) return sorted[below];
  if (std::isinf(sorted[below])) return sorted[below];
  return sorted[below] + part * (sorted[above] - sorted[below]);
}

double LeastDraws(double level) {
  return 2 / (1 - level);
}

Estimate PercentileInterval(double value, std::vector<double> draws,
                            const IntervalOptions& options) {
  const NoInterval why = Sort(value, options, &draws);
  if (why != NoInterval::kNone || draws.empty()) {
    return {value, kUndefinedValue, kUndefinedValue, why};
  }
  const double outside = NormalShare(-HalfWidth(options));
  return {value, std::min(value, QuantileOf(draws, outside)),
          std::max(value, QuantileOf(draws, 1 - outside))};
}

Estimate StudentInterval(double value, std::vector<double> draws,
                         const IntervalOptions& options) {
  const NoInterval why = Sort(value, options, &draws);
  if (why != NoInterval::kNone || draws.empty()) {
    return {value, kUndefinedValue, kUndefinedValue, why};
  }
  const double one = NormalShare(-1);
  const double above = QuantileOf(draws, 1 - one);
  const double below = QuantileOf(draws, one);
  if (std::isinf(value) || std::isinf(above) || std::isinf(below)) {
    return {value, -kInf, kInf, NoInterval::kInfinite};
  }
  const double error = (above - below) / 2;
  if (!(error > 0)) return {value, value, value};
  const double half = HalfWidth(options) * error;
  return {value, value - half, value + half};
}

double NormalShare(double x) {
  return std::erfc(-x / std::numbers::sqrt2) / 2;
}

double StudentQuantile(double share, double freedom) {
  if (share < 0.5) return -StudentQuantile(1 - share, freedom);
  const double both = 2 * (1 - share);  // outside of -t .. t
  constexpr double kHalfPi = std::numbers::pi / 2;
  if (freedom < 1.5) return 1 / std::tan(both * kHalfPi);
  if (freedom < 2.5) return std::sqrt(2 / (both * (2 - both)) - 2);
  const double a = 1 / (freedom - 0.5);
  const double b = 48 / (a * a);
  double c = ((20700 * a / b - 98) * a - 16) * a + 96.36;
  const double d =
      ((94.5 / (b + c) - 3) / b + 1) * std::sqrt(a * kHalfPi) * freedom;
  double y = std::pow(d * both, 2 / freedom);
  if (y > 0.05 + a) {
    const double x = NormalQuantile(both / 2);
    y = x * x;
    if (freedom < 5) c += 0.3 * (freedom - 4.5) * (x + 0.6);
    c += (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b;
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
    y = a * y * y;
    y = y > 0.002 ? std::expm1(y) : y + y * y / 2;
  } else {
    y = ((1 / (((freedom + 6) / (freedom * y) - 0.089 * d - 0.822) *
               (freedom + 2) * 3) +
          0.5 / (freedom + 4)) *
             y -
         1) *
            (freedom + 1) / (freedom + 2) +
        1 / y;
  }
  return std::sqrt(freedom * y);
}

}  // namespace mtlkit
