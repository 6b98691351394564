#include "eval/variance_share.h"

#include <cmath>
#include <limits>
#include <utility>

#include "eval/part_mean.h"

namespace mtlkit {
namespace {

// Below this share of the second moment a spread is rounding, not variance.
constexpr double kRounding = 1e-14;

using Unexplained = double (*)(const Moments&);

double ShareOf(const Moments& moments, Unexplained unexplained) {
  const double spread = moments.YSpread();
  if (!(spread > kRounding * moments.y_square)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return 1 - unexplained(moments) / spread;
}

void Add(double weight, const Moments& part, Moments* sum) {
  sum->weight += weight * part.weight;
  sum->y += weight * part.y;
  sum->y_square += weight * part.y_square;
  sum->error += weight * part.error;
  sum->error_square += weight * part.error_square;
}

// Moments of rows, or of rows that are put together, as a weighted sum.
class VarianceMetric : public Metric {
 public:
  VarianceMetric(std::vector<Moments> moments, Index cols,
                 Unexplained unexplained)
      : cols_(cols), unexplained_(unexplained), moments_(std::move(moments)) {}

  double Value(std::span<const double> weights) const override {
    return Columns(weights).Value();
  }
  PartCount Parts(std::span<const double> weights) const override {
    return Columns(weights).count();
  }
  std::unique_ptr<Metric> InBlocks(const RowBlocks& blocks) const override {
    std::vector<Moments> sums(At(blocks.blocks * cols_));
    for (std::size_t i = 0; i < moments_.size(); ++i) {
      const std::size_t row = i / At(cols_);
      Add(blocks.weights[row], moments_[i],
          &sums[blocks.block_of_row[row] * At(cols_) + i % At(cols_)]);
    }
    return std::make_unique<VarianceMetric>(std::move(sums), cols_,
                                            unexplained_);
  }

 private:
  PartMean Columns(std::span<const double> weights) const {
    PartMean columns;
    for (Index col = 0; col < cols_; ++col) {
      Moments sum;
      const Moments* part = moments_.data() + col;
      for (const double weight : weights) {
        if (weight > 0) Add(weight, *part, &sum);
        part += cols_;
      }
      columns.Add(ShareOf(sum, unexplained_));
    }
    return columns;
  }

  Index cols_;
  Unexplained unexplained_;
  std::vector<Moments> moments_;  // rows x cols; a missing cell has weight 0
};

// Means of the labels that are known: deviations are taken from these.
std::vector<double> Centres(const MetricRows& rows) {
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

std::unique_ptr<Metric> ShareOfVariance(
    const MetricRows& rows, double (*unexplained)(const Moments& moments)) {
  const std::vector<double> centres = Centres(rows);
  std::vector<Moments> moments(rows.y.size());
  for (std::size_t i = 0; i < rows.y.size(); ++i) {
    if (std::isnan(rows.y[i])) continue;
    const double y = rows.y[i] - centres[i % centres.size()];
    const double error = rows.y[i] - rows.Point(i);
    moments[i] = {1, y, y * y, error, error * error};
  }
  return std::make_unique<VarianceMetric>(std::move(moments), rows.target_cols,
                                          unexplained);
}

}  // namespace mtlkit
