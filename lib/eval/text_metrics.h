#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "eval/cell_sums.h"
#include "eval/row_mean.h"

// Metrics of texts that are written, each with one that is true.
namespace mtlkit {

// What `count(said, true)` counts of each text is added up over all of them,
// and `score` is taken of the sums.
template <class Counts, class Count>
std::unique_ptr<Metric> SumOverTexts(const MetricRows& rows, Count count,
                                     double (*score)(const Counts&)) {
  std::vector<Counts> cells;
  for (std::size_t row = 0; row < At(rows.rows); ++row) {
    cells.push_back(
        count(rows.said_texts[row], std::span(&rows.true_texts[row], 1)));
  }
  return std::make_unique<CellSums<Counts>>(std::move(cells), 1, score);
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
