#include "eval/deviance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "eval/cell_sums.h"
#include "eval/row_mean.h"

namespace mtlkit {
namespace {

constexpr double kSmallest = std::numeric_limits<double>::epsilon();
constexpr double kTweediePower = 1.5;

// Sums of a column. The deviance of a constant is a function of the first
// three: with `own` the sum of what of it depends on y alone.
struct DevianceCell {
  double weight = 0;
  double y = 0;
  double own = 0;
  double deviance = 0;  // of predictions

  void Add(double factor, const DevianceCell& part) {
    weight += factor * part.weight;
    y += factor * part.y;
    own += factor * part.own;
    deviance += factor * part.deviance;
  }
};

double OwnPart(Variance variance, double y) {
  switch (variance) {
    case Variance::kPoisson:
      return y > 0 ? y * std::log(y) : 0;
    case Variance::kGamma:
      return std::log(y);
    case Variance::kTweedie:
      return std::pow(y, 2 - kTweediePower);
  }
  return 0;
}

// Half the deviance of the mean of the labels.
double HalfOfMean(Variance variance, const DevianceCell& sums) {
  const double mean = sums.y / sums.weight;
  switch (variance) {
    case Variance::kPoisson:
      return sums.own - (mean > 0 ? sums.y * std::log(mean) : 0);
    case Variance::kGamma:
      return sums.weight * std::log(mean) - sums.own;
    case Variance::kTweedie: {
      const double a = 1 - kTweediePower;
      const double b = 2 - kTweediePower;
      return (sums.own - sums.weight * std::pow(mean, b)) / (a * b);
    }
  }
  return 0;
}

// Labels that do not vary leave nothing to explain.
template <Variance kVariance>
double ShareExplained(const DevianceCell& sums) {
  constexpr double kRounding = 1e-13;
  const double of_mean = 2 * HalfOfMean(kVariance, sums);
  const double size = std::abs(sums.own) + sums.weight;
  if (!(of_mean > kRounding * size)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return 1 - sums.deviance / of_mean;
}

ValueOfSums<DevianceCell> ShareOf(Variance variance) {
  switch (variance) {
    case Variance::kPoisson:
      return ShareExplained<Variance::kPoisson>;
    case Variance::kGamma:
      return ShareExplained<Variance::kGamma>;
    case Variance::kTweedie:
      break;
  }
  return ShareExplained<Variance::kTweedie>;
}

}  // namespace

double UnitDeviance(Variance variance, double y, double mean) {
  const double m = std::max(mean, kSmallest);
  switch (variance) {
    case Variance::kPoisson:
      return 2 * (m - y + (y > 0 ? y * std::log(y / m) : 0));
    case Variance::kGamma:
      if (!(y > 0)) return std::numeric_limits<double>::quiet_NaN();
      return 2 * (std::log(m / y) + y / m - 1);
    case Variance::kTweedie: {
      const double a = 1 - kTweediePower;
      const double b = 2 - kTweediePower;
      return 2 * (std::pow(y, b) / (a * b) - y * std::pow(m, a) / a +
                  std::pow(m, b) / b);
    }
  }
  return 0;
}

std::unique_ptr<Metric> MeanDeviance(const MetricRows& rows,
                                     Variance variance) {
  return MeanOverCells(rows, [variance](double y, double mean) {
    return UnitDeviance(variance, y, mean);
  });
}

std::unique_ptr<Metric> DevianceShare(const MetricRows& rows,
                                      Variance variance) {
  std::vector<DevianceCell> cells(rows.y.size());
  for (std::size_t i = 0; i < rows.y.size(); ++i) {
    const double y = rows.y[i];
    const double deviance = UnitDeviance(variance, y, rows.Point(i));
    if (std::isnan(y) || std::isnan(deviance)) continue;
    cells[i] = {1, y, OwnPart(variance, y), deviance};
  }
  return std::make_unique<CellSums<DevianceCell>>(
      std::move(cells), rows.target_cols, ShareOf(variance));
}

}  // namespace mtlkit
