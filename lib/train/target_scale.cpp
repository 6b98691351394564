#include "train/target_scale.h"

#include <algorithm>
#include <cmath>

#include "data/label_view.h"
#include "data/spread.h"
#include "nn/loss.h"
#include "train/labelled_rows.h"

namespace mtlkit {
namespace {

// What makes them the deviation of normal numbers.
constexpr double kOfMedianDistance = 1.482602218505602;
constexpr double kOfMeanDistance = 1.2533141373155001;

double Median(const std::vector<double>& sorted) {
  const std::size_t half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half]
                                : (sorted[half - 1] + sorted[half]) / 2;
}

void SetScale(std::vector<double> labels, double* centre, double* scale) {
  std::sort(labels.begin(), labels.end());
  *centre = Median(labels);
  std::vector<double> distances;
  double sum = 0;
  for (const double label : labels) {
    distances.push_back(std::abs(label - *centre));
    sum += distances.back();
  }
  const double mean =
      kOfMeanDistance * sum / static_cast<double>(labels.size());
  std::sort(distances.begin(), distances.end());
  const double robust = kOfMedianDistance * Median(distances);
  const bool says_it =
      robust > 0 && !IsSpreadOfRounding(labels, *centre, robust);
  const double deviation = says_it ? robust : mean;
  *scale = deviation > 1e-12 * std::abs(*centre) ? deviation : 1;
}

// The known labels of one column in rows to learn from.
std::vector<double> KnownLabels(const Dataset& data, Index task,
                                std::size_t col,
                                std::span<const Index> train_rows) {
  const LabelView labels(data, task);
  std::vector<double> known;
  for (const Index row : LabelledRows(data, task)) {
    if (!std::binary_search(train_rows.begin(), train_rows.end(), row)) {
      continue;
    }
    const float value =
        labels.Value(labels.PlaceOf(row), static_cast<Index>(col));
    if (!std::isnan(value)) known.push_back(static_cast<double>(value));
  }
  return known;
}

}  // namespace

void ScaleTargets(const Dataset& data, std::span<const Index> train_rows,
                  const std::vector<std::string>& losses, Model* model) {
  const auto made = MakeLosses(model->schema.tasks, losses);
  for (std::size_t t = 0; t < made.size(); ++t) {
    Task& task = model->schema.tasks[t];
    // Labels that were never scaled are left as they are.
    if (!made[t]->robust() || task.mean.empty()) continue;
    const Index in_data = FindTask(data.tasks, task.name);
    for (std::size_t col = 0; col < task.mean.size(); ++col) {
      const std::vector<double> labels =
          KnownLabels(data, in_data, col, train_rows);
      if (labels.empty()) continue;
      SetScale(labels, &task.mean[col], &task.deviation[col]);
    }
  }
}

}  // namespace mtlkit
