#include "eval/variance_share.h"

#include <cmath>
#include <limits>

namespace mtlkit {
namespace {

// Below this share of the second moment a spread is rounding, not variance.
constexpr double kRounding = 1e-14;

class VarianceMetric : public Metric {
 public:
  VarianceMetric(const MetricRows& rows, double (*unexplained)(const Moments&))
      : cols_(rows.target_cols), unexplained_(unexplained) {
    std::vector<double> centre(static_cast<std::size_t>(cols_));
    for (Index col = 0; col < cols_; ++col) {
      double sum = 0;
      double count = 0;
      for (Index row = 0; row < rows.rows; ++row) {
        const double y = rows.Y()(row, col);
        if (std::isnan(y)) continue;
        sum += y;
        ++count;
      }
      centre[static_cast<std::size_t>(col)] = count > 0 ? sum / count : 0;
    }
    for (std::size_t i = 0; i < rows.y.size(); ++i) {
      const std::size_t col = i % static_cast<std::size_t>(cols_);
      y_.push_back(rows.y[i] - centre[col]);
      error_.push_back(rows.y[i] - rows.Point(i));
    }
  }

  double Value(std::span<const double> weights) const override {
    double sum = 0;
    for (Index col = 0; col < cols_; ++col) sum += ColumnValue(weights, col);
    return sum / static_cast<double>(cols_);
  }

 private:
  double ColumnValue(std::span<const double> weights, Index col) const {
    Moments moments;
    auto i = static_cast<std::size_t>(col);
    for (const double weight : weights) {
      if (weight > 0 && !std::isnan(y_[i])) {
        moments.weight += weight;
        moments.y += weight * y_[i];
        moments.y_square += weight * y_[i] * y_[i];
        moments.error += weight * error_[i];
        moments.error_square += weight * error_[i] * error_[i];
      }
      i += static_cast<std::size_t>(cols_);
    }
    const double spread = moments.YSpread();
    if (!(spread > kRounding * moments.y_square)) {
      return std::numeric_limits<double>::quiet_NaN();
    }
    return 1 - unexplained_(moments) / spread;
  }

  Index cols_;
  double (*unexplained_)(const Moments&);
  std::vector<double> y_;      // centred
  std::vector<double> error_;  // y - prediction
};

}  // namespace

std::unique_ptr<Metric> ShareOfVariance(
    const MetricRows& rows, double (*unexplained)(const Moments& moments)) {
  return std::make_unique<VarianceMetric>(rows, unexplained);
}

}  // namespace mtlkit
