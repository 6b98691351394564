#include "eval/confusion.h"

#include <cmath>

#include "data/head.h"

namespace mtlkit {
namespace {

constexpr std::int32_t kMissing = -1;

// Cells of one confusion matrix after another, as one number a row and matrix,
// so that a pass over the rows is a table look-up.
class ConfusionMetric : public Metric {
 public:
  ConfusionMetric(std::vector<std::int32_t> cell_of_row, Index matrices,
                  Index classes, double (*measure)(std::span<const Confusion>))
      : cell_of_row_(std::move(cell_of_row)),
        matrices_(matrices),
        classes_(classes),
        measure_(measure) {}

  double Value(std::span<const double> weights) const override {
    std::vector<Confusion> counts(
        static_cast<std::size_t>(matrices_),
        {classes_,
         std::vector<double>(static_cast<std::size_t>(classes_ * classes_))});
    const std::int32_t* cell = cell_of_row_.data();
    for (const double weight : weights) {
      for (Confusion& count : counts) {
        if (*cell != kMissing) {
          count.cells[static_cast<std::size_t>(*cell)] += weight;
        }
        ++cell;
      }
    }
    return measure_(counts);
  }

 private:
  std::vector<std::int32_t> cell_of_row_;  // rows x matrices
  Index matrices_;
  Index classes_;
  double (*measure_)(std::span<const Confusion>);
};

class SingleConfusionMetric : public Metric {
 public:
  SingleConfusionMetric(std::vector<std::int32_t> cell_of_row, Index classes,
                        double (*measure)(const Confusion&))
      : cell_of_row_(std::move(cell_of_row)),
        classes_(classes),
        measure_(measure) {}

  double Value(std::span<const double> weights) const override {
    Confusion count{
        classes_,
        std::vector<double>(static_cast<std::size_t>(classes_ * classes_))};
    for (std::size_t row = 0; row < weights.size(); ++row) {
      if (cell_of_row_[row] != kMissing) {
        count.cells[static_cast<std::size_t>(cell_of_row_[row])] +=
            weights[row];
      }
    }
    return measure_(count);
  }

 private:
  std::vector<std::int32_t> cell_of_row_;
  Index classes_;
  double (*measure_)(const Confusion&);
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
  const Index classes = rows.type.traits().has_positive ? 2 : rows.output_cols;
  std::vector<std::int32_t> cells(static_cast<std::size_t>(rows.rows));
  for (Index row = 0; row < rows.rows; ++row) {
    const double y = rows.y[static_cast<std::size_t>(row)];
    cells[static_cast<std::size_t>(row)] =
        std::isnan(y)
            ? kMissing
            : static_cast<std::int32_t>(static_cast<Index>(y) * classes +
                                        PredictedClass(rows, row));
  }
  return std::make_unique<SingleConfusionMetric>(std::move(cells), classes,
                                                 measure);
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
  return std::make_unique<ConfusionMetric>(std::move(cells), rows.target_cols,
                                           2, measure);
}

}  // namespace mtlkit
