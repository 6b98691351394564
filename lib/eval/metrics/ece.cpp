#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "eval/metric.h"
#include "eval/part_mean.h"
#include "eval/unit_cells.h"

namespace mtlkit {
namespace {

constexpr Index kEceBins = 15;

// Sums by column and bin of how far the truth is from what was said, and
// behind them the weights of each column.
struct EceSums {
  explicit EceSums(Index columns)
      : columns(columns), cells(At(columns * (kEceBins + 1))) {}

  PartMean Columns() const {
    PartMean mean;
    for (Index col = 0; col < columns; ++col) {
      double gaps = 0;
      for (Index bin = 0; bin < kEceBins; ++bin) {
        gaps += std::abs(cells[At(col * kEceBins + bin)]);
      }
      mean.Add(gaps / cells[At(columns * kEceBins + col)]);  // 0/0: undefined
    }
    return mean;
  }

  Index columns;
  std::vector<double> cells;
};

PartMean MeanOfUnits(Index columns, const std::vector<UnitCell>& cells,
                     std::span<const double> weights) {
  EceSums sums(columns);
  for (const UnitCell& one : cells) {
    sums.cells[At(one.cell)] += weights[At(one.unit)] * one.weight;
  }
  return sums.Columns();
}

class EceBlocks : public BlockedMetric {
 public:
  EceBlocks(Index blocks, Index columns)
      : gathered_(blocks, columns * (kEceBins + 1)), all_(columns) {}

  void Finish() override { cells_ = gathered_.Take(); }
  double Value(std::span<const double> weights) const override {
    return MeanOfUnits(all_.columns, cells_, weights).Value();
  }
  PartCount Parts(std::span<const double> weights) const override {
    return MeanOfUnits(all_.columns, cells_, weights).count();
  }
  std::size_t size() const override { return cells_.size(); }
  double Whole() const override { return all_.Columns().Value(); }
  PartCount WholeParts() const override { return all_.Columns().count(); }

  void Add(std::int32_t block, std::int32_t cell, double value) {
    gathered_.Add(block, cell, value);
    all_.cells[At(cell)] += value;
  }

 private:
  BlockCells gathered_;
  EceSums all_;
  std::vector<UnitCell> cells_;
};

class Ece : public Metric {
 public:
  explicit Ece(const MetricRows& rows)
      : columns_(rows.has_class_columns() ? 1 : rows.output_cols) {
    for (Index row = 0; row < rows.rows; ++row) {
      const double* said = rows.Output().Row(row);
      if (rows.has_class_columns()) {
        const double* top = std::max_element(said, said + rows.output_cols);
        const double y = rows.y[At(row)];
        const bool right = y == static_cast<double>(top - said);
        Add(row, 0, *top, std::isnan(y) ? y : static_cast<double>(right));
        continue;
      }
      for (Index col = 0; col < columns_; ++col) {
        // The number behind the classes of a binary task is not positive.
        const double y = rows.Y()(row, col);
        Add(row, col, said[col], std::isnan(y) || y <= 1 ? y : 0);
      }
    }
  }

  double Value(std::span<const double> weights) const override {
    return MeanOfUnits(columns_, cells_, weights).Value();
  }
  PartCount Parts(std::span<const double> weights) const override {
    return MeanOfUnits(columns_, cells_, weights).count();
  }
  std::size_t size() const override { return cells_.size(); }
  std::unique_ptr<BlockedMetric> EmptyBlocks(Index blocks) const override {
    return std::make_unique<EceBlocks>(blocks, columns_);
  }
  void AddTo(const RowBlocks& rows, BlockedMetric* blocks) const override {
    auto& to = static_cast<EceBlocks&>(*blocks);
    for (const UnitCell& one : cells_) {
      const double weight = rows.weights[At(one.unit)];
      if (!(weight > 0)) continue;
      to.Add(rows.block_of_row[At(one.unit)], one.cell, weight * one.weight);
    }
  }

 private:
  void Add(Index row, Index col, double p, double truth) {
    if (std::isnan(truth)) return;
    const auto bin = std::clamp<Index>(
        static_cast<Index>(p * static_cast<double>(kEceBins)), 0, kEceBins - 1);
    const auto unit = static_cast<std::int32_t>(row);
    cells_.push_back(
        {unit, static_cast<std::int32_t>(col * kEceBins + bin), truth - p});
    cells_.push_back(
        {unit, static_cast<std::int32_t>(columns_ * kEceBins + col), 1});
  }

  Index columns_;
  std::vector<UnitCell> cells_;  // ascending units
};

std::unique_ptr<Metric> PrepareEce(const MetricRows& rows) {
  return std::make_unique<Ece>(rows);
}

}  // namespace

extern const MetricEntry kEce;
const MetricEntry kEce = {
    MakeEntry<PrepareEce>(
        "ece",
        "expected calibration error: mean distance of probability and "
        "frequency in 15 bins of equal width, of the likeliest class, or of "
        "each label (Naeini et al. 2015)"),
    "ECE",
    false,
    0.0,
    HasClasses,
    false,
    {.worst = 1}};

}  // namespace mtlkit
