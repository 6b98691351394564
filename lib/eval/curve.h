#pragma once

#include <memory>
#include <vector>

#include "eval/metric.h"

namespace mtlkit {

// Weights of the rows of one score, in descending order of the score.
struct TiedRows {
  double positive = 0;
  double negative = 0;
};

// A metric of scores against a binary truth that depends on their order only:
// rows are sorted once, a value is one pass over groups of tied scores.
class RankedScores {
 public:
  // Rows whose y is NaN are left out; y above 1/2 is positive.
  RankedScores(const std::vector<double>& y, const std::vector<double>& score);

  // Groups in descending order of the score; written over `groups`.
  void Groups(std::span<const double> weights,
              std::vector<TiedRows>* groups) const;

 private:
  struct Entry {
    Index row;
    bool positive;
    bool starts_group;
  };
  std::vector<Entry> entries_;
};

// The mean over one-against-rest problems of a measure of ranked scores:
// binary tasks have one, multi-class tasks one a class, multi-label tasks one a
// label. NaN if a problem is undefined.
std::unique_ptr<Metric> MeanOverCurves(
    const MetricRows& rows,
    double (*measure)(const std::vector<TiedRows>& groups));

}  // namespace mtlkit
