#include "eval/curve.h"

#include <algorithm>
#include <cmath>

namespace mtlkit {
namespace {

// Rows that an entry has room for.
constexpr std::uint32_t kRowMask = (std::uint32_t{1} << 30) - 1;

// Truth and scores of "is it `label`?".
RankedScores OneAgainstRest(const MetricRows& rows, Index label) {
  std::vector<double> y(static_cast<std::size_t>(rows.rows));
  std::vector<double> score(y.size());
  for (Index row = 0; row < rows.rows; ++row) {
    const auto i = static_cast<std::size_t>(row);
    score[i] = rows.Output()(row, label);
    if (rows.has_class_columns()) {
      const double truth = rows.y[i];
      y[i] = std::isnan(truth)
                 ? truth
                 : static_cast<double>(static_cast<Index>(truth) == label);
    } else {
      const double truth = rows.Y()(row, label);
      // A class that is unknown to a binary task is not the positive one.
      y[i] = truth > 1 ? 0 : truth;
    }
  }
  return RankedScores(y, score);
}

}  // namespace

RankedScores::RankedScores(const std::vector<double>& y,
                           const std::vector<double>& score) {
  std::vector<std::uint32_t> order;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (!std::isnan(y[i])) order.push_back(static_cast<std::uint32_t>(i));
  }
  // Equal scores in the order of rows, so that the order is one.
  std::sort(order.begin(), order.end(),
            [&score](std::uint32_t a, std::uint32_t b) {
              return score[a] != score[b] ? score[a] > score[b] : a < b;
            });
  entries_.reserve(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool starts = i > 0 && score[order[i]] != score[order[i - 1]];
    entries_.push_back({order[i] & kRowMask, y[order[i]] > 0.5, starts});
  }
}

RankedScores RankedScores::InBlocks(const RowBlocks& blocks) const {
  RankedScores result;
  result.entries_ = entries_;
  const bool weighted =
      !weights_.empty() ||
      std::any_of(blocks.weights.begin(), blocks.weights.end(),
                  [](double weight) { return weight != 1; });
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const std::uint32_t row = entries_[i].row;
    result.entries_[i].row = blocks.block_of_row[row] & kRowMask;
    if (!weighted) continue;
    const double own = weights_.empty() ? 1 : weights_[i];
    result.weights_.push_back(own * blocks.weights[row]);
  }
  return result;
}

std::vector<RankedScores> CurvesOf(const MetricRows& rows) {
  std::vector<RankedScores> curves;
  for (Index label = 0; label < rows.output_cols; ++label) {
    curves.push_back(OneAgainstRest(rows, label));
  }
  return curves;
}

}  // namespace mtlkit
