#include "eval/curve.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mtlkit {
namespace {

class CurveMetric : public Metric {
 public:
  CurveMetric(std::vector<RankedScores> curves,
              double (*measure)(const std::vector<TiedRows>&))
      : curves_(std::move(curves)), measure_(measure) {}

  double Value(std::span<const double> weights) const override {
    std::vector<TiedRows> groups;
    double sum = 0;
    for (const RankedScores& curve : curves_) {
      curve.Groups(weights, &groups);
      sum += measure_(groups);
    }
    return sum / static_cast<double>(curves_.size());
  }

 private:
  std::vector<RankedScores> curves_;
  double (*measure_)(const std::vector<TiedRows>&);
};

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
      y[i] = rows.Y()(row, label);
    }
  }
  return RankedScores(y, score);
}

}  // namespace

RankedScores::RankedScores(const std::vector<double>& y,
                           const std::vector<double>& score) {
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (!std::isnan(y[i])) {
      entries_.push_back({static_cast<Index>(i), y[i] > 0.5, false});
    }
  }
  const auto score_of = [&score](const Entry& entry) {
    return score[static_cast<std::size_t>(entry.row)];
  };
  std::stable_sort(entries_.begin(), entries_.end(),
                   [&score_of](const Entry& a, const Entry& b) {
                     return score_of(a) > score_of(b);
                   });
  for (std::size_t i = 1; i < entries_.size(); ++i) {
    entries_[i].starts_group =
        score_of(entries_[i]) != score_of(entries_[i - 1]);
  }
}

void RankedScores::Groups(std::span<const double> weights,
                          std::vector<TiedRows>* groups) const {
  groups->clear();
  TiedRows group;
  for (const Entry& entry : entries_) {
    if (entry.starts_group && group.positive + group.negative > 0) {
      groups->push_back(std::exchange(group, {}));
    }
    const double weight = weights[static_cast<std::size_t>(entry.row)];
    (entry.positive ? group.positive : group.negative) += weight;
  }
  if (group.positive + group.negative > 0) groups->push_back(group);
}

std::unique_ptr<Metric> MeanOverCurves(
    const MetricRows& rows,
    double (*measure)(const std::vector<TiedRows>& groups)) {
  std::vector<RankedScores> curves;
  for (Index label = 0; label < rows.output_cols; ++label) {
    curves.push_back(OneAgainstRest(rows, label));
  }
  return std::make_unique<CurveMetric>(std::move(curves), measure);
}

}  // namespace mtlkit
