#include "nn/link.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "base/error.h"
#include "kernels/kernels.h"

namespace mtlkit {
namespace {

// A label of a task with the weight that it has in training.
struct WeightedLabel {
  double value = 0;
  double weight = 0;
};

double LogOfShare(double share) {
  return std::log(std::clamp(share, 1e-7, 1.0));
}

// Labels of column `col` of a task in `rows`, with a weight above 0.
std::vector<WeightedLabel> LabelsOf(const Dataset& dataset, Index task,
                                    Index col, std::span<const Index> rows) {
  const Labels& labels = dataset.labels[static_cast<std::size_t>(task)];
  const Index cols =
      dataset.tasks[static_cast<std::size_t>(task)].target_cols();
  std::vector<WeightedLabel> found;
  std::size_t next = 0;  // in labels.rows
  for (const Index row : rows) {
    Index place = row;
    if (!labels.on_all_rows) {
      while (next < labels.rows.size() && labels.rows[next] < row) ++next;
      if (next == labels.rows.size()) break;
      if (labels.rows[next] != row) continue;
      place = static_cast<Index>(next);
    }
    const float value =
        labels.values[static_cast<std::size_t>(place * cols + col)];
    double weight = 1;
    if (!labels.weights.empty()) {
      weight *=
          static_cast<double>(labels.weights[static_cast<std::size_t>(place)]);
    }
    if (!dataset.weights.empty()) {
      weight *=
          static_cast<double>(dataset.weights[static_cast<std::size_t>(row)]);
    }
    if (std::isnan(value) || weight <= 0) continue;
    found.push_back({static_cast<double>(value), weight});
  }
  return found;
}

double MeanOf(const std::vector<WeightedLabel>& labels) {
  double sum = 0;
  double weight = 0;
  for (const WeightedLabel& label : labels) {
    sum += label.weight * label.value;
    weight += label.weight;
  }
  return sum / weight;
}

// The least value with at least half of the weight at or below it; with equal
// weights and an even number, the mean of the two in the middle.
double MedianOf(std::vector<WeightedLabel> labels) {
  std::sort(labels.begin(), labels.end(),
            [](const WeightedLabel& a, const WeightedLabel& b) {
              return a.value < b.value;
            });
  double total = 0;
  for (const WeightedLabel& label : labels) total += label.weight;
  double below = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    below += labels[i].weight;
    if (2 * below == total && i + 1 < labels.size()) {
      return (labels[i].value + labels[i + 1].value) / 2;
    }
    if (2 * below > total) return labels[i].value;
  }
  return labels.back().value;
}

std::vector<double> ClassShares(const std::vector<WeightedLabel>& labels,
                                std::size_t classes) {
  std::vector<double> shares(classes, 0.0);
  double total = 0;
  for (const WeightedLabel& label : labels) {
    shares[static_cast<std::size_t>(label.value)] += label.weight;
    total += label.weight;
  }
  for (double& share : shares) share /= total;
  return shares;
}

std::vector<Real> Normalised(const Task& task, const double* values) {
  std::vector<Real> row;
  for (std::size_t k = 0; k < static_cast<std::size_t>(task.width); ++k) {
    const double mean = task.mean.empty() ? 0 : task.mean[k];
    const double deviation = task.deviation.empty() ? 1 : task.deviation[k];
    row.push_back(static_cast<Real>((values[k] - mean) / deviation));
  }
  return row;
}

}  // namespace

void ApplyLink(const Task& task, ConstMatView output, MatView values) {
  assert(output.rows == values.rows && output.cols == values.cols);
  const Kernels& kernels = ActiveKernels();
  switch (task.type) {
    case TaskType::kRegression:
      if (values.data != output.data) {
        std::copy_n(output.data, output.size(), values.data);
      }
      return;
    case TaskType::kMulticlass:
      kernels.softmax(output.data, output.cols, values.data, values.cols,
                      output.rows, output.cols);
      return;
    case TaskType::kBinary:
    case TaskType::kMultilabel:
      kernels.map(MathFunction::kSigmoid, output.data, values.data,
                  output.size());
      return;
  }
}

void InvertLink(const Task& task, ConstMatView values, MatView output) {
  assert(output.rows == values.rows && output.cols == values.cols);
  constexpr Real kLeast = static_cast<Real>(1e-7);
  for (Index i = 0; i < values.size(); ++i) {
    const Real value = values.data[i];
    if (task.type == TaskType::kRegression) {
      output.data[i] = value;
      continue;
    }
    const Real share = std::clamp(value, kLeast, 1 - kLeast);
    output.data[i] = task.type == TaskType::kMulticlass
                         ? std::log(share)
                         : std::log(share) - std::log1p(-share);
  }
}

void ToUnits(const Task& task, MatView values) {
  assert(task.type == TaskType::kRegression && values.cols == task.width);
  if (task.mean.empty()) return;
  for (Index row = 0; row < values.rows; ++row) {
    for (Index col = 0; col < values.cols; ++col) {
      const std::size_t k = static_cast<std::size_t>(col);
      Real& value = values(row, col);
      value = static_cast<Real>(static_cast<double>(value) * task.deviation[k] +
                                task.mean[k]);
    }
  }
}

void FromUnits(const Task& task, MatView values) {
  assert(task.type == TaskType::kRegression && values.cols == task.width);
  if (task.mean.empty()) return;
  for (Index row = 0; row < values.rows; ++row) {
    for (Index col = 0; col < values.cols; ++col) {
      const std::size_t k = static_cast<std::size_t>(col);
      Real& value = values(row, col);
      value = static_cast<Real>((static_cast<double>(value) - task.mean[k]) /
                                task.deviation[k]);
    }
  }
}

std::vector<double> BestConstants(const Dataset& dataset, Index task,
                                  std::span<const Index> rows) {
  const Task& what = dataset.tasks[static_cast<std::size_t>(task)];
  std::vector<double> constants;
  if (what.type == TaskType::kBinary || what.type == TaskType::kMulticlass) {
    const auto labels = LabelsOf(dataset, task, 0, rows);
    if (labels.empty()) return {};
    return ClassShares(labels, what.classes.size());
  }
  std::vector<double> medians;
  for (Index col = 0; col < what.target_cols(); ++col) {
    const auto labels = LabelsOf(dataset, task, col, rows);
    if (labels.empty()) return {};
    constants.push_back(MeanOf(labels));
    if (what.type == TaskType::kRegression) medians.push_back(MedianOf(labels));
  }
  constants.insert(constants.end(), medians.begin(), medians.end());
  return constants;
}

std::vector<std::vector<Real>> ConstantOutputs(
    const Task& task, std::span<const double> constants) {
  if (task.type == TaskType::kRegression) {
    return {Normalised(task, constants.data()),
            Normalised(task, constants.data() + task.width)};
  }
  std::vector<Real> row;
  if (task.type == TaskType::kBinary) {
    row.push_back(
        static_cast<Real>(LogOfShare(constants[1]) - LogOfShare(constants[0])));
  }
  if (task.type == TaskType::kMulticlass) {
    for (const double share : constants) {
      row.push_back(static_cast<Real>(LogOfShare(share)));
    }
  }
  if (task.type == TaskType::kMultilabel) {
    for (const double share : constants) {
      row.push_back(
          static_cast<Real>(LogOfShare(share) - LogOfShare(1 - share)));
    }
  }
  return {row};
}

}  // namespace mtlkit
