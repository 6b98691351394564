#include "eval/variance_share.h"

#include <cmath>
#include <limits>
#include <utility>

#include "eval/cell_sums.h"

namespace mtlkit {
namespace {

// Below this share of the second moment a spread is rounding, not variance.
constexpr double kRounding = 1e-14;

// Means of the labels that are known: deviations are taken from these.
std::vector<double> Centres(const MetricRows& rows) {
  if (!rows.centres.empty()) return rows.centres;
  std::vector<double> centres;
  for (Index col = 0; col < rows.target_cols; ++col) {
    double sum = 0;
    double count = 0;
    for (Index row = 0; row < rows.rows; ++row) {
      const double y = rows.Y()(row, col);
      if (std::isnan(y)) continue;
      sum += y;
      ++count;
    }
    centres.push_back(count > 0 ? sum / count : 0);
  }
  return centres;
}

}  // namespace

void Moments::Add(double factor, const Moments& part) {
  weight += factor * part.weight;
  y += factor * part.y;
  y_square += factor * part.y_square;
  error += factor * part.error;
  error_square += factor * part.error_square;
}

double Moments::ShareWithout(double unexplained) const {
  const double spread = YSpread();
  if (!(spread > kRounding * y_square)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return 1 - unexplained / spread;
}

std::unique_ptr<Metric> ShareOfVariance(
    const MetricRows& rows, double (*share)(const Moments& moments)) {
  const std::vector<double> centres = Centres(rows);
  std::vector<Moments> moments(rows.y.size());
  for (std::size_t i = 0; i < rows.y.size(); ++i) {
    if (std::isnan(rows.y[i])) continue;
    const double y = rows.y[i] - centres[i % centres.size()];
    const double error = rows.y[i] - rows.Point(i);
    moments[i] = {1, y, y * y, error, error * error};
  }
  return std::make_unique<CellSums<Moments>>(std::move(moments),
                                             rows.target_cols, share);
}

}  // namespace mtlkit
