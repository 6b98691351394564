#include "eval/variance_share.h"

#include <cmath>
#include <limits>
#include <span>
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

PartMean SharesOf(std::span<const Moments> columns, Unexplained unexplained) {
  PartMean mean;
  for (const Moments& moments : columns) {
    mean.Add(ShareOf(moments, unexplained));
  }
  return mean;
}

// Weighted sums of the moments of rows or blocks, by column.
PartMean SharesOf(std::span<const Moments> parts, std::size_t cols,
                  std::span<const double> weights, Unexplained unexplained) {
  std::vector<Moments> sums(cols);
  const Moments* part = parts.data();
  for (const double weight : weights) {
    for (std::size_t col = 0; col < cols; ++col, ++part) {
      if (weight > 0) Add(weight, *part, &sums[col]);
    }
  }
  return SharesOf(sums, unexplained);
}

// Moments of rows that are put together.
class BlockVariance : public BlockedMetric {
 public:
  BlockVariance(Index blocks, Index cols, Unexplained unexplained)
      : sums_(At(blocks * cols)), all_(At(cols)), unexplained_(unexplained) {}

  double Value(std::span<const double> weights) const override {
    return SharesOf(sums_, all_.size(), weights, unexplained_).Value();
  }
  PartCount Parts(std::span<const double> weights) const override {
    return SharesOf(sums_, all_.size(), weights, unexplained_).count();
  }
  std::size_t size() const override { return sums_.size(); }
  double Whole() const override { return SharesOf(all_, unexplained_).Value(); }
  PartCount WholeParts() const override {
    return SharesOf(all_, unexplained_).count();
  }

  void Take(std::size_t block, std::size_t col, const Moments& moments,
            double weight) {
    if (!(weight > 0)) return;
    Add(weight, moments, &sums_[block * all_.size() + col]);
    Add(weight, moments, &all_[col]);
  }

 private:
  std::vector<Moments> sums_;  // blocks x cols
  std::vector<Moments> all_;   // one a column
  Unexplained unexplained_;
};

class VarianceMetric : public Metric {
 public:
  VarianceMetric(std::vector<Moments> moments, Index cols,
                 Unexplained unexplained)
      : cols_(cols), unexplained_(unexplained), moments_(std::move(moments)) {}

  double Value(std::span<const double> weights) const override {
    return SharesOf(moments_, At(cols_), weights, unexplained_).Value();
  }
  PartCount Parts(std::span<const double> weights) const override {
    return SharesOf(moments_, At(cols_), weights, unexplained_).count();
  }
  std::size_t size() const override { return moments_.size(); }
  std::unique_ptr<BlockedMetric> EmptyBlocks(Index blocks) const override {
    return std::make_unique<BlockVariance>(blocks, cols_, unexplained_);
  }
  void AddTo(const RowBlocks& rows, BlockedMetric* blocks) const override {
    auto& sums = static_cast<BlockVariance&>(*blocks);
    const Moments* moments = moments_.data();
    for (std::size_t row = 0; row < rows.weights.size(); ++row) {
      for (std::size_t col = 0; col < At(cols_); ++col, ++moments) {
        sums.Take(rows.block_of_row[row], col, *moments, rows.weights[row]);
      }
    }
  }

 private:
  Index cols_;
  Unexplained unexplained_;
  std::vector<Moments> moments_;  // rows x cols; a missing cell has weight 0
};

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
