#include "eval/curve.h"

#include <algorithm>
#include <cmath>

namespace mtlkit {
namespace {

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
  return {y, score};
}

}  // namespace

std::vector<RankedScores> CurvesOf(const MetricRows& rows) {
  std::vector<RankedScores> curves;
  for (Index label = 0; label < rows.output_cols; ++label) {
    curves.push_back(OneAgainstRest(rows, label));
  }
  return curves;
}

std::size_t SizeOf(const std::vector<RankedScores>& curves) {
  std::size_t size = 0;
  for (const RankedScores& curve : curves) size += curve.size();
  return size;
}

void BlockedCurves::Expect(Index rows) {
  for (BlockedScores& scores : scores_) scores.Expect(rows);
  block_of_row_.reserve(At(rows));
}

void BlockedCurves::Add(const std::vector<RankedScores>& piece,
                        const RowBlocks& rows) {
  const std::size_t first = block_of_row_.size();
  for (std::size_t i = 0; i < scores_.size(); ++i) {
    scores_[i].Add(piece[i], static_cast<std::uint32_t>(first));
  }
  block_of_row_.insert(block_of_row_.end(), rows.block_of_row.begin(),
                       rows.block_of_row.end());
  const bool differs = std::any_of(rows.weights.begin(), rows.weights.end(),
                                   [](double weight) { return weight != 1; });
  if (differs) weights_.resize(first, 1.0);
  if (weights_.empty() && !differs) return;
  weights_.insert(weights_.end(), rows.weights.begin(), rows.weights.end());
}

std::vector<RankedScores> BlockedCurves::Take() {
  std::vector<RankedScores> curves;
  curves.reserve(scores_.size());
  for (BlockedScores& scores : scores_) {
    curves.push_back(scores.Take(block_of_row_, weights_));
  }
  block_of_row_ = {};
  weights_ = {};
  return curves;
}

}  // namespace mtlkit
