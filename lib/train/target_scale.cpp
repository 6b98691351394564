#include "train/target_scale.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "data/label_view.h"
#include "data/spread.h"
#include "data/task_families.h"
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

// Of labels about `centre`, sorted.
double ScaleAbout(double centre, const std::vector<double>& labels) {
  std::vector<double> distances;
  double sum = 0;
  for (const double label : labels) {
    distances.push_back(std::abs(label - centre));
    sum += distances.back();
  }
  const double mean =
      kOfMeanDistance * sum / static_cast<double>(labels.size());
  std::sort(distances.begin(), distances.end());
  const double robust = kOfMedianDistance * Median(distances);
  const bool says_it =
      robust > 0 && !IsSpreadOfRounding(labels, centre, robust);
  return says_it ? robust : mean;
}

double ScaleOrOne(double scale, double centre) {
  return scale > 1e-12 * std::abs(centre) ? scale : 1;
}

// The known labels of one column in rows to learn from.
std::vector<double> KnownLabels(const Dataset& data, Index task,
                                std::size_t col,
                                std::span<const Index> train_rows) {
  const LabelView labels(data, task);
  const std::vector<TargetCurve>& curves = labels.task().curves;
  std::vector<double> known;
  for (const Index row : LabelledRows(data, task)) {
    if (!std::binary_search(train_rows.begin(), train_rows.end(), row)) {
      continue;
    }
    const float value =
        labels.Value(labels.PlaceOf(row), static_cast<Index>(col));
    if (std::isnan(value)) continue;
    const auto label = static_cast<double>(value);
    known.push_back(curves.empty() ? label : curves[col].Apply(label));
  }
  return known;
}

}  // namespace

void ScaleTargets(const Dataset& data, std::span<const Index> train_rows,
                  const std::vector<std::string>& losses, Model* model) {
  std::vector<Task>& tasks = model->schema.tasks;
  const auto made = MakeLosses(tasks, losses);
  const std::vector<Index> family_of = TaskFamilies(tasks);
  // By family and column what is apart from each task's own centre.
  std::map<std::pair<Index, std::size_t>, std::vector<double>> apart;
  const auto is_scaled = [&](std::size_t t) {
    // Labels that were never scaled are left as they are.
    return made[t]->robust() && !tasks[t].mean.empty();
  };
  for (std::size_t t = 0; t < made.size(); ++t) {
    Task& task = tasks[t];
    if (!is_scaled(t)) continue;
    const Index in_data = FindTask(data.tasks, task.name);
    for (std::size_t col = 0; col < task.mean.size(); ++col) {
      std::vector<double> labels = KnownLabels(data, in_data, col, train_rows);
      if (labels.empty()) continue;
      std::sort(labels.begin(), labels.end());
      const double centre = Median(labels);
      task.mean[col] = centre;
      task.deviation[col] = ScaleOrOne(ScaleAbout(centre, labels), centre);
      if (family_of[t] < 0) continue;
      std::vector<double>& all = apart[{family_of[t], col}];
      for (const double label : labels) all.push_back(label - centre);
    }
  }
  for (auto& [place, all] : apart) {
    std::sort(all.begin(), all.end());
    const double scale = ScaleOrOne(ScaleAbout(0, all), 0);
    for (std::size_t t = 0; t < made.size(); ++t) {
      if (family_of[t] == place.first && is_scaled(t)) {
        tasks[t].deviation[place.second] = scale;
      }
    }
  }
}

}  // namespace mtlkit
