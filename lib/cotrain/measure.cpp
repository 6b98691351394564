#include "cotrain/measure.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "data/label_view.h"
#include "eval/metric.h"
#include "train/predict.h"

namespace mtlkit {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Labels of a task at the rows, with the row weights; NaN where there is none.
struct TaskTruth {
  std::vector<double> y;
  std::vector<double> weights;
  bool any = false;
};

TaskTruth TruthOf(const Dataset& data, std::size_t task,
                  const std::vector<Index>& rows) {
  const LabelView labels(data, static_cast<Index>(task));
  TaskTruth truth;
  for (const Index row : rows) {
    const Index place = labels.PlaceOf(row);
    const bool labelled = place >= 0 && labels.HasLabel(place);
    labels.AppendRow(row, &truth.y);
    truth.weights.push_back(labelled ? labels.Weight(place) : 0.0);
    truth.any = truth.any || labelled;
  }
  return truth;
}

// What of a task is measured.
struct MeasuredRows {
  Index task;
  Index cols;  // of its outputs
  const std::vector<Index>& rows;
  const std::vector<double>& weights;  // 0: the row does not count
};

// The mean of a peer's own outputs with those that others published of the
// same rows; empty if nobody did. Rows that do not count are left as they are:
// a task with rows of its own is published on these only.
std::vector<double> EnsembleOf(const std::vector<float>& own,
                               const MeasuredRows& measured, Index peer,
                               const std::vector<Publication>& publications) {
  const auto& [task, cols, rows, weights] = measured;
  std::vector<double> sum(own.begin(), own.end());
  double members = 1;
  for (const Publication& publication : publications) {
    if (publication.peer == peer) continue;
    const PublishedTask* published = FindTask(publication, task);
    if (published == nullptr) continue;
    ++members;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto found = std::lower_bound(published->rows.begin(),
                                          published->rows.end(), rows[i]);
      if (found == published->rows.end() || *found != rows[i]) {
        if (weights[i] > 0) return {};
        continue;
      }
      const float* values =
          published->values.data() + (found - published->rows.begin()) * cols;
      for (Index col = 0; col < cols; ++col) {
        sum[i * At(cols) + At(col)] += static_cast<double>(values[col]);
      }
    }
  }
  if (members == 1) return {};
  for (double& value : sum) value /= members;
  return sum;
}

}  // namespace

std::vector<std::vector<float>> PredictTasks(const Model& model,
                                             const Dataset& dataset,
                                             const std::vector<Index>& rows,
                                             ThreadPool* pool) {
  NetworkOutputs outputs = ComputeOutputs(model, dataset, rows, pool);
  ApplyLinks(model.schema.tasks, &outputs);
  std::vector<std::vector<float>> values;
  for (const std::vector<Real>& of_task : outputs) {
    values.emplace_back(of_task.begin(), of_task.end());
  }
  return values;
}

std::vector<RoundMeasure> MeasureRound(
    const Dataset& data, const std::vector<Index>& valid_rows,
    const std::vector<std::vector<float>>& own, Index peer,
    const std::vector<Publication>& publications) {
  std::vector<RoundMeasure> measures;
  for (std::size_t t = 0; t < data.tasks.size(); ++t) {
    if (own[t].empty()) continue;
    const Task& task = data.tasks[t];
    const TaskTruth truth = TruthOf(data, t, valid_rows);
    if (!truth.any) continue;
    MetricRows rows = EmptyRows(task);
    rows.rows = static_cast<Index>(valid_rows.size());
    rows.y = truth.y;
    rows.output.assign(own[t].begin(), own[t].end());
    const MetricEntry& metric = MainMetric(task);
    RoundMeasure measure{task.name, std::string(metric.name),
                         metric.prepare(rows)->Value(truth.weights), kNan};
    auto ensemble = EnsembleOf(own[t],
                               {static_cast<Index>(t), task.prediction_cols(),
                                valid_rows, truth.weights},
                               peer, publications);
    if (!ensemble.empty()) {
      rows.output = std::move(ensemble);
      measure.ensemble = metric.prepare(rows)->Value(truth.weights);
    }
    measures.push_back(std::move(measure));
  }
  return measures;
}

}  // namespace mtlkit
