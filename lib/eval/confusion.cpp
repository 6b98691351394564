#include "eval/confusion.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "data/head.h"

namespace mtlkit {
namespace {

constexpr std::int32_t kMissing = -1;

// Rows that are in one cell of one matrix: `row` is a row, or a block of rows
// with the sum of their weights.
struct CellCount {
  std::int32_t row;
  std::int32_t cell;  // of all matrices, one after another
  double weight;
};

// Either measure of one confusion matrix, or of one a label.
struct ConfusionMeasure {
  double (*of_one)(const Confusion&) = nullptr;
  double (*of_labels)(std::span<const Confusion>) = nullptr;

  double Of(std::span<const Confusion> counts) const {
    return of_one != nullptr ? of_one(counts.front()) : of_labels(counts);
  }
};

// How many matrices there are, of how many classes.
struct ConfusionShape {
  Index matrices = 1;
  Index classes = 2;
  Index known = 2;

  std::int32_t cells() const {
    return static_cast<std::int32_t>(classes * classes);
  }
};

std::vector<Confusion> Empty(const ConfusionShape& shape) {
  const auto& [matrices, classes, known] = shape;
  const Confusion empty{classes, known,
                        std::vector<double>(At(classes * classes))};
  return std::vector<Confusion>(At(matrices), empty);
}

// Sums of weights by block and cell: a table while that is small, else a list
// that is put together when it has grown.
class BlockCells {
 public:
  BlockCells(Index blocks, Index cells) : cells_(cells) {
    constexpr Index kLargestTable = Index{1} << 20;
    if (blocks * cells <= kLargestTable) table_.resize(At(blocks * cells));
  }

  void Add(std::int32_t block, std::int32_t cell, double weight) {
    if (!table_.empty()) {
      table_[At(block * cells_ + cell)] += weight;
      return;
    }
    list_.push_back({block, cell, weight});
    if (list_.size() > most_) {
      PutTogether();
      most_ = std::max(most_, 2 * list_.size());
    }
  }

  std::vector<CellCount> Take() {
    for (std::size_t i = 0; i < table_.size(); ++i) {
      if (table_[i] == 0) continue;
      list_.push_back({static_cast<std::int32_t>(i / At(cells_)),
                       static_cast<std::int32_t>(i % At(cells_)), table_[i]});
    }
    if (table_.empty()) PutTogether();
    table_ = {};
    return std::move(list_);
  }

 private:
  void PutTogether() {
    const auto place = [](const CellCount& count) {
      return std::pair(count.row, count.cell);
    };
    std::stable_sort(list_.begin(), list_.end(),
                     [&place](const CellCount& a, const CellCount& b) {
                       return place(a) < place(b);
                     });
    std::size_t kept = 0;
    for (const CellCount& count : list_) {
      if (kept > 0 && place(list_[kept - 1]) == place(count)) {
        list_[kept - 1].weight += count.weight;
      } else {
        list_[kept++] = count;
      }
    }
    list_.resize(kept);
  }

  Index cells_;
  std::vector<double> table_;
  std::vector<CellCount> list_;
  std::size_t most_ = std::size_t{1} << 20;
};

// Rows that are put together, as what they add to each cell.
class BlockConfusion : public BlockedMetric {
 public:
  BlockConfusion(Index blocks, const ConfusionShape& shape,
                 ConfusionMeasure measure)
      : shape_(shape),
        measure_(measure),
        cells_(blocks, shape.matrices * shape.cells()),
        all_(Empty(shape)) {}

  void Finish() override { counts_ = cells_.Take(); }
  double Value(std::span<const double> weights) const override {
    std::vector<Confusion> matrices = Empty(shape_);
    const std::int32_t cells = shape_.cells();
    for (const CellCount& count : counts_) {
      matrices[At(count.cell / cells)].cells[At(count.cell % cells)] +=
          weights[At(count.row)] * count.weight;
    }
    return measure_.Of(matrices);
  }
  std::size_t size() const override { return counts_.size(); }
  double Whole() const override { return measure_.Of(all_); }

  void Add(std::int32_t block, Index matrix, std::int32_t cell, double weight) {
    const std::int32_t cells = shape_.cells();
    all_[At(matrix)].cells[At(cell)] += weight;
    if (!(weight > 0)) return;
    cells_.Add(block, static_cast<std::int32_t>(matrix) * cells + cell, weight);
  }

 private:
  ConfusionShape shape_;
  ConfusionMeasure measure_;
  BlockCells cells_;
  std::vector<Confusion> all_;
  std::vector<CellCount> counts_;
};

// Cells of one confusion matrix after another, as one number a row and matrix,
// so that a pass over the rows is a table look-up.
class ConfusionMetric : public Metric {
 public:
  ConfusionMetric(std::vector<std::int32_t> cell_of_row,
                  const ConfusionShape& shape, ConfusionMeasure measure)
      : cell_of_row_(std::move(cell_of_row)),
        shape_(shape),
        measure_(measure) {}

  double Value(std::span<const double> weights) const override {
    std::vector<Confusion> counts = Empty(shape_);
    const std::int32_t* cell = cell_of_row_.data();
    for (const double weight : weights) {
      for (Confusion& count : counts) {
        if (*cell != kMissing) count.cells[At(*cell)] += weight;
        ++cell;
      }
    }
    return measure_.Of(counts);
  }

  std::size_t size() const override { return cell_of_row_.size(); }
  std::unique_ptr<BlockedMetric> EmptyBlocks(Index blocks) const override {
    return std::make_unique<BlockConfusion>(blocks, shape_, measure_);
  }
  void AddTo(const RowBlocks& rows, BlockedMetric* blocks) const override {
    auto& sums = static_cast<BlockConfusion&>(*blocks);
    const std::int32_t* cell = cell_of_row_.data();
    for (std::size_t row = 0; row < rows.weights.size(); ++row) {
      for (Index i = 0; i < shape_.matrices; ++i, ++cell) {
        if (*cell == kMissing) continue;
        sums.Add(rows.block_of_row[row], i, *cell, rows.weights[row]);
      }
    }
  }

 private:
  std::vector<std::int32_t> cell_of_row_;  // rows x matrices
  ConfusionShape shape_;
  ConfusionMeasure measure_;
};

}  // namespace

double Confusion::Truth(Index label) const {
  double sum = 0;
  for (Index i = 0; i < classes; ++i) sum += At(label, i);
  return sum;
}

double Confusion::Predicted(Index label) const {
  double sum = 0;
  for (Index i = 0; i < classes; ++i) sum += At(i, label);
  return sum;
}

double Confusion::Total() const {
  double sum = 0;
  for (const double cell : cells) sum += cell;
  return sum;
}

double Confusion::Distance(Index truth, Index predicted) const {
  const Index between = truth < known
                            ? std::abs(truth - predicted)
                            : std::max(predicted, known - 1 - predicted);
  return static_cast<double>(between);
}

double ClassF1(const Confusion& confusion, Index label) {
  const double sizes = confusion.Truth(label) + confusion.Predicted(label);
  return sizes > 0 ? 2 * confusion.At(label, label) / sizes : 0;
}

Index PredictedClass(const MetricRows& rows, Index row) {
  const std::span<const double> output = {
      rows.Output().Row(row), static_cast<std::size_t>(rows.output_cols)};
  return rows.type.head().PredictedClass(output);
}

std::unique_ptr<Metric> FromConfusion(const MetricRows& rows,
                                      double (*measure)(const Confusion&)) {
  const Index known = rows.known_classes();
  const bool any_unknown =
      rows.has_unknown || std::ranges::any_of(rows.y, [&rows](double y) {
        return rows.IsUnknown(y);
      });
  const Index classes = known + (any_unknown ? 1 : 0);
  std::vector<std::int32_t> cells(static_cast<std::size_t>(rows.rows));
  for (Index row = 0; row < rows.rows; ++row) {
    const double y = rows.y[static_cast<std::size_t>(row)];
    cells[static_cast<std::size_t>(row)] =
        std::isnan(y)
            ? kMissing
            : static_cast<std::int32_t>(static_cast<Index>(y) * classes +
                                        PredictedClass(rows, row));
  }
  return std::make_unique<ConfusionMetric>(std::move(cells),
                                           ConfusionShape{1, classes, known},
                                           ConfusionMeasure{measure, nullptr});
}

std::unique_ptr<Metric> FromLabelConfusions(
    const MetricRows& rows,
    double (*measure)(std::span<const Confusion> labels)) {
  std::vector<std::int32_t> cells(rows.y.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    cells[i] = std::isnan(rows.y[i])
                   ? kMissing
                   : (rows.y[i] > 0.5 ? 2 : 0) + (rows.output[i] > 0.5 ? 1 : 0);
  }
  return std::make_unique<ConfusionMetric>(
      std::move(cells), ConfusionShape{rows.target_cols, 2, 2},
      ConfusionMeasure{nullptr, measure});
}

}  // namespace mtlkit
