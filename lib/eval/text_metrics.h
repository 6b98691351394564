#pragma once

#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "eval/cell_sums.h"
#include "eval/row_mean.h"

// Metrics of texts that are written, each with one that is true.
namespace mtlkit {

// Counts of texts that are added up, and how many texts they are of.
template <class Counts>
struct TextSums {
  Counts counts = {};
  double texts = 0;

  void Add(double weight, const TextSums& more) {
    counts.Add(weight, more.counts);
    texts += weight * more.texts;
  }
};

// What `count(said, true)` counts of each text is added up over all of them,
// and `kScore` is taken of the sums; without a text it is undefined.
template <class Counts, double (*kScore)(const Counts&), class Count>
std::unique_ptr<Metric> SumOverTexts(const MetricRows& rows, Count count) {
  using Sums = TextSums<Counts>;
  std::vector<Sums> cells;
  for (std::size_t row = 0; row < At(rows.rows); ++row) {
    cells.push_back(
        {count(rows.said_texts[row], std::span(&rows.true_texts[row], 1)), 1});
  }
  return std::make_unique<CellSums<Sums>>(
      std::move(cells), 1, [](const Sums& sums) {
        return sums.texts > 0 ? kScore(sums.counts)
                              : std::numeric_limits<double>::quiet_NaN();
      });
}

// The mean of `score(said, true)` over texts.
template <class Score>
std::unique_ptr<Metric> MeanOverTexts(const MetricRows& rows, Score score) {
  return MeanOverRows(rows, [&](Index row) {
    return static_cast<double>(
        score(rows.said_texts[At(row)], rows.true_texts[At(row)]));
  });
}

}  // namespace mtlkit
