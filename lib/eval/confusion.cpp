#include "eval/confusion.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <utility>

#include "data/head.h"
#include "eval/unit_cells.h"

namespace mtlkit {
namespace {

using CountMeasure = double (*)(const ClassCounts&);

// What a row (or a block of rows) adds beside cells.
struct UnitSums {
  double total = 0;
  double distance = 0;
  double square = 0;

  void Add(double weight, const UnitSums& more) {
    total += weight * more.total;
    distance += weight * more.distance;
    square += weight * more.square;
  }
};

// What rows, or blocks of them, add to the counts.
struct CountedUnits {
  Index known = 0;
  std::vector<UnitCell> cells;  // ascending units
  std::vector<UnitSums> sums;   // one a unit

  ClassCounts Count(std::span<const double> weights) const {
    ClassCounts counts(known);
    double* to = counts.cells().data();
    for (const UnitCell& one : cells) {
      to[one.cell] += weights[At(one.unit)] * one.weight;
    }
    UnitSums all;
    for (std::size_t i = 0; i < sums.size(); ++i) all.Add(weights[i], sums[i]);
    counts.total = all.total;
    counts.distance = all.distance;
    counts.square = all.square;
    return counts;
  }
  // Numbers that a count goes through.
  std::size_t size() const {
    return cells.size() + sums.size() + 3 * At(known + 1);
  }
};

// Rows that are put together.
class BlockCounts : public BlockedMetric {
 public:
  BlockCounts(Index blocks, Index known, CountMeasure measure)
      : measure_(measure), cells_(blocks, 3 * (known + 1)), all_(known) {
    blocks_.known = known;
    blocks_.sums.resize(At(blocks));
  }

  void Finish() override { blocks_.cells = cells_.Take(); }
  double Value(std::span<const double> weights) const override {
    return measure_(blocks_.Count(weights));
  }
  std::size_t size() const override { return blocks_.size(); }
  double Whole() const override { return measure_(all_); }

  void AddCell(std::int32_t block, std::int32_t cell, double weight) {
    all_.cells()[At(cell)] += weight;
    cells_.Add(block, cell, weight);
  }
  void AddSums(std::size_t block, double weight, const UnitSums& sums) {
    blocks_.sums[block].Add(weight, sums);
    all_.total += weight * sums.total;
    all_.distance += weight * sums.distance;
    all_.square += weight * sums.square;
  }

 private:
  CountMeasure measure_;
  BlockCells cells_;
  CountedUnits blocks_;
  ClassCounts all_;
};

class CountMetric : public Metric {
 public:
  CountMetric(CountedUnits rows, CountMeasure measure)
      : rows_(std::move(rows)), measure_(measure) {}

  double Value(std::span<const double> weights) const override {
    return measure_(rows_.Count(weights));
  }
  std::size_t size() const override { return rows_.size(); }
  std::unique_ptr<BlockedMetric> EmptyBlocks(Index blocks) const override {
    return std::make_unique<BlockCounts>(blocks, rows_.known, measure_);
  }
  void AddTo(const RowBlocks& rows, BlockedMetric* blocks) const override {
    auto& counts = static_cast<BlockCounts&>(*blocks);
    for (const UnitCell& one : rows_.cells) {
      const double weight = rows.weights[At(one.unit)];
      if (!(weight > 0)) continue;
      counts.AddCell(rows.block_of_row[At(one.unit)], one.cell, weight);
    }
    for (std::size_t row = 0; row < rows_.sums.size(); ++row) {
      counts.AddSums(rows.block_of_row[row], rows.weights[row],
                     rows_.sums[row]);
    }
  }

 private:
  CountedUnits rows_;
  CountMeasure measure_;
};

// Of rows with one class.
CountedUnits CountClasses(const MetricRows& rows) {
  CountedUnits counted;
  counted.known = rows.known_classes();
  counted.sums.resize(At(rows.rows));
  const auto classes = static_cast<std::int32_t>(counted.known + 1);
  for (Index row = 0; row < rows.rows; ++row) {
    if (std::isnan(rows.y[At(row)])) continue;
    const auto truth = static_cast<std::int32_t>(rows.y[At(row)]);
    const auto said = static_cast<std::int32_t>(PredictedClass(rows, row));
    const auto unit = static_cast<std::int32_t>(row);
    const double distance = ClassDistance(truth, said, counted.known);
    counted.sums[At(row)] = {1, distance, distance * distance};
    if (truth == said) {
      counted.cells.push_back({unit, 2 * classes + truth, 1});
    } else {
      counted.cells.push_back({unit, truth, 1});
      counted.cells.push_back({unit, classes + said, 1});
    }
  }
  return counted;
}

// Of rows with sets of labels. Labels neither set nor predicted take nothing.
CountedUnits CountLabels(const MetricRows& rows) {
  CountedUnits counted;
  counted.known = rows.target_cols;
  counted.sums.resize(At(rows.rows));
  const auto classes = static_cast<std::int32_t>(counted.known + 1);
  for (Index row = 0; row < rows.rows; ++row) {
    const double* y = rows.Y().Row(row);
    const double* output = rows.Output().Row(row);
    for (std::int32_t label = 0; label + 1 < classes; ++label) {
      if (std::isnan(y[label])) continue;
      counted.sums[At(row)].total += 1;
      const bool is_set = y[label] > 0.5;
      const bool is_said = output[label] > 0.5;
      if (!is_set && !is_said) continue;
      const std::int32_t kind = is_set && is_said ? 2 : is_said ? 1 : 0;
      counted.cells.push_back(
          {static_cast<std::int32_t>(row), kind * classes + label, 1});
    }
  }
  return counted;
}

}  // namespace

ClassCounts::ClassCounts(Index known)
    : known_(known), cells_(At(3 * (known + 1))) {}

double ClassDistance(Index truth, Index predicted, Index known) {
  const Index between = truth < known
                            ? std::abs(truth - predicted)
                            : std::max(predicted, known - 1 - predicted);
  return static_cast<double>(between);
}

double ClassF1(const ClassCounts& counts, Index label) {
  const double sizes = counts.Truth(label) + counts.Predicted(label);
  return sizes > 0 ? 2 * counts.Hits(label) / sizes : 0;
}

Index PredictedClass(const MetricRows& rows, Index row) {
  const std::span<const double> output = {
      rows.Output().Row(row), static_cast<std::size_t>(rows.output_cols)};
  return rows.type.head().PredictedClass(output);
}

std::unique_ptr<Metric> FromClassCounts(const MetricRows& rows,
                                        double (*measure)(const ClassCounts&)) {
  return std::make_unique<CountMetric>(
      HasLabelSets(rows.type) ? CountLabels(rows) : CountClasses(rows),
      measure);
}

}  // namespace mtlkit
