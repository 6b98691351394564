#include "eval/fit_adjustment.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "data/head.h"

namespace mtlkit {
namespace {

constexpr double kMostTemperature = 100;
// What single precision cannot tell from 0, and from 1.
constexpr double kLeast = 1e-30;
constexpr double kLeastRest = 3e-8;

double LogOdds(double p) {
  return std::log(std::max(p, kLeast)) - std::log(std::max(1 - p, kLeastRest));
}

// Calls visit(z, truth, weight) for each choice that a label makes among
// several, z being log probabilities up to a constant.
template <class Visit>
void ForChoices(const FittedRows& rows, Visit visit) {
  const Task& task = *rows.task;
  const std::size_t cols = At(task.prediction_cols());
  const std::size_t targets = At(task.target_cols());
  const bool columns = cols > 1 && task.traits().one_class;
  std::vector<double> z;
  for (std::size_t row = 0; row < rows.weights.size(); ++row) {
    const float* output = rows.output.data() + row * cols;
    const float* y = rows.y.data() + row * targets;
    if (columns) {
      if (std::isnan(y[0])) continue;
      z.clear();
      for (std::size_t k = 0; k < cols; ++k) {
        z.push_back(std::log(std::max(static_cast<double>(output[k]), kLeast)));
      }
      visit(z, static_cast<std::size_t>(y[0]), rows.weights[row]);
      continue;
    }
    for (std::size_t k = 0; k < cols; ++k) {
      if (std::isnan(y[k])) continue;
      z = {0, LogOdds(static_cast<double>(output[k]))};
      visit(z, y[k] > 0.5F ? std::size_t{1} : std::size_t{0},
            rows.weights[row]);
    }
  }
}

// Log of the sum of exp(beta z), and the mean of z under these weights.
std::pair<double, double> LogSumAndMean(const std::vector<double>& z,
                                        double beta) {
  const double top = *std::ranges::max_element(z);
  double sum = 0;
  double mean = 0;
  for (const double value : z) {
    const double part = std::exp(beta * (value - top));
    sum += part;
    mean += part * value;
  }
  return {std::log(sum) + beta * top, mean / sum};
}

// The derivative of the log loss by 1 / temperature, which ascends.
double Slope(const FittedRows& rows, double beta) {
  double slope = 0;
  ForChoices(rows, [&](const std::vector<double>& z, std::size_t truth,
                       double weight) {
    slope += weight * (LogSumAndMean(z, beta).second - z[truth]);
  });
  return slope;
}

// A column's truth and probability, weighted.
struct Scored {
  double p;
  bool is_set;
  double weight;
};

double BestThreshold(std::vector<Scored> cells, bool balanced) {
  double set = 0;
  double unset = 0;
  for (const Scored& cell : cells) (cell.is_set ? set : unset) += cell.weight;
  if (set <= 0 || unset <= 0) return 0.5;
  std::ranges::stable_sort(cells, std::greater<>(), &Scored::p);
  double hits = 0;
  double false_hits = 0;
  double best = -1;
  double threshold = 0.5;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    (cells[i].is_set ? hits : false_hits) += cells[i].weight;
    const double next = i + 1 < cells.size() ? cells[i + 1].p : 0;
    if (next == cells[i].p && i + 1 < cells.size()) continue;
    const double value = balanced
                             ? (hits / set + (unset - false_hits) / unset) / 2
                             : 2 * hits / (hits + false_hits + set);
    if (value <= best + 1e-12) continue;
    best = value;
    threshold = (cells[i].p + next) / 2;
  }
  return threshold;
}

}  // namespace

void Temper(const Task& task, double temperature, std::span<float> row) {
  const double beta = 1 / temperature;
  if (row.size() > 1 && task.traits().one_class) {
    std::vector<double> z;
    for (const float p : row) {
      z.push_back(std::log(std::max(static_cast<double>(p), kLeast)));
    }
    const double sum = LogSumAndMean(z, beta).first;
    for (std::size_t k = 0; k < row.size(); ++k) {
      row[k] = static_cast<float>(std::exp(beta * z[k] - sum));
    }
    return;
  }
  for (float& p : row) {
    const double odds = beta * LogOdds(static_cast<double>(p));
    p = static_cast<float>(1 / (1 + std::exp(-odds)));
  }
}

double LogLossAt(const FittedRows& rows, double temperature) {
  double sum = 0;
  double weights = 0;
  ForChoices(rows, [&](const std::vector<double>& z, std::size_t truth,
                       double weight) {
    const double beta = 1 / temperature;
    sum += weight * (LogSumAndMean(z, beta).first - beta * z[truth]);
    weights += weight;
  });
  return sum / weights;
}

double FitTemperature(const FittedRows& rows) {
  constexpr int kSteps = 60;
  double low = -std::log(kMostTemperature);  // of 1 / temperature
  double high = -low;
  if (Slope(rows, std::exp(low)) >= 0) return kMostTemperature;
  if (Slope(rows, std::exp(high)) <= 0) return 1 / kMostTemperature;
  for (int step = 0; step < kSteps; ++step) {
    const double middle = (low + high) / 2;
    (Slope(rows, std::exp(middle)) > 0 ? high : low) = middle;
  }
  return std::exp(-(low + high) / 2);
}

std::vector<double> FitThresholds(const FittedRows& rows, bool balanced) {
  const std::size_t cols = At(rows.task->prediction_cols());
  std::vector<double> thresholds;
  for (std::size_t col = 0; col < cols; ++col) {
    std::vector<Scored> cells;
    for (std::size_t row = 0; row < rows.weights.size(); ++row) {
      const float y = rows.y[row * cols + col];
      if (std::isnan(y)) continue;
      cells.push_back({static_cast<double>(rows.output[row * cols + col]),
                       y > 0.5F, rows.weights[row]});
    }
    thresholds.push_back(BestThreshold(std::move(cells), balanced));
  }
  return thresholds;
}

double ConformalScore(const Task& task, std::span<const float> row, float y) {
  if (!task.is_classification()) {
    return std::abs(static_cast<double>(y) - static_cast<double>(row[0]));
  }
  if (row.size() > 1) return 1 - static_cast<double>(row[At(Index(y))]);
  const auto p = static_cast<double>(row[0]);
  return y > 0.5F ? 1 - p : p;
}

double ConformalSize(const Task& task, std::span<const float> row,
                     double bound) {
  if (!task.is_classification()) return 2 * bound;
  const Index classes = std::ssize(task.classes);
  double size = 0;
  for (Index k = 0; k < classes; ++k) {
    size += ConformalScore(task, row, static_cast<float>(k)) <= bound;
  }
  return size;
}

double ConformalBound(std::vector<double> scores, double coverage) {
  // Products such as 10 x .9 are not to be rounded up.
  const double rank =
      std::ceil(static_cast<double>(scores.size() + 1) * coverage - 1e-9);
  if (rank > static_cast<double>(scores.size())) {
    return std::numeric_limits<double>::infinity();
  }
  const auto at = scores.begin() + static_cast<std::ptrdiff_t>(rank) - 1;
  std::nth_element(scores.begin(), at, scores.end());
  return *at;
}

}  // namespace mtlkit
