#include "eval/task_curves.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include "data/head.h"
#include "eval/curve.h"
#include "eval/metric.h"

namespace mtlkit {
namespace {

constexpr Index kMostCurves = 100;
constexpr std::size_t kGrid = 101;  // points of a mean of curves
constexpr std::size_t kParts = 10;

// One class against the rest, from (0, 0) to (1, 1); nothing where there is one
// kind of rows only.
std::optional<CurveLine> RocOf(const RankedScores& scores,
                               std::span<const double> weights) {
  CurveLine line = {{0}, {0}};
  double positive = 0;
  double negative = 0;
  scores.ForGroups(weights, [&](const TiedRows& group) {
    positive += group.positive;
    negative += group.negative;
    line.x.push_back(negative);
    line.y.push_back(positive);
  });
  if (!(positive > 0 && negative > 0)) return std::nullopt;
  for (double& x : line.x) x /= negative;
  for (double& y : line.y) y /= positive;
  return line;
}

// The height at `x`, of an upright piece its upper end.
double HeightAt(const CurveLine& line, double x) {
  const auto after = std::ranges::upper_bound(line.x, x);
  if (after == line.x.end()) return line.y.back();
  const auto i = static_cast<std::size_t>(after - line.x.begin());
  if (i == 0) return line.y.front();
  const double part = (x - line.x[i - 1]) / (line.x[i] - line.x[i - 1]);
  return line.y[i - 1] + part * (line.y[i] - line.y[i - 1]);
}

CurveLine MeanOf(const std::vector<CurveLine>& lines) {
  if (lines.size() == 1) return lines.front();
  CurveLine mean;
  if (lines.empty()) return mean;
  mean.x.push_back(0);
  mean.y.push_back(0);
  for (std::size_t i = 0; i < kGrid; ++i) {
    const double x = static_cast<double>(i) / (kGrid - 1);
    double sum = 0;
    for (const CurveLine& line : lines) sum += HeightAt(line, x);
    mean.x.push_back(x);
    mean.y.push_back(sum / static_cast<double>(lines.size()));
  }
  return mean;
}

// Something that was said, and what was true of it.
struct Said {
  double said;
  double truth;
  double weight;
};

std::vector<Said> SaidOf(const MetricRows& rows,
                         std::span<const double> weights, bool of_classes) {
  std::vector<Said> all;
  for (Index row = 0; row < rows.rows; ++row) {
    const double* y = rows.Y().Row(row);
    const double weight = weights[At(row)];
    if (rows.has_class_columns()) {
      const double* out = rows.Output().Row(row);
      const auto* top = std::max_element(out, out + rows.output_cols);
      const bool is_right = static_cast<double>(top - out) == *y;
      all.push_back({*top, is_right ? 1.0 : 0.0, weight});
      continue;
    }
    for (Index col = 0; col < rows.target_cols; ++col) {
      if (std::isnan(y[col])) continue;
      const auto cell = At(row * rows.target_cols + col);
      all.push_back(
          {of_classes ? rows.output[cell] : rows.Point(cell), y[col], weight});
    }
  }
  std::erase_if(all, [](const Said& one) { return std::isnan(one.said); });
  return all;
}

// Ten parts of equal weight, as near as ties allow.
CurveLine ReliabilityOf(std::vector<Said> all) {
  std::ranges::stable_sort(all, {}, &Said::said);
  double whole = 0;
  for (const Said& one : all) whole += one.weight;
  CurveLine line;
  double before = 0;
  for (std::size_t i = 0; i < all.size();) {
    const auto part = [&] {
      return std::min(static_cast<double>(kParts - 1),
                      std::floor(before / whole * kParts));
    };
    const double number = part();
    double weight = 0;
    double said = 0;
    double truth = 0;
    for (; i < all.size(); ++i) {
      const bool is_tied = weight > 0 && all[i].said == all[i - 1].said;
      if (part() != number && !is_tied) break;
      weight += all[i].weight;
      before += all[i].weight;
      said += all[i].weight * all[i].said;
      truth += all[i].weight * all[i].truth;
    }
    if (!(weight > 0)) continue;
    line.x.push_back(said / weight);
    line.y.push_back(truth / weight);
  }
  return line;
}

// Labelled rows of a task; their labels, and one model's predictions.
class CurveRows {
 public:
  CurveRows(const JoinedTask& task, bool no_weights)
      : task_(task), rows_(EmptyRows(task.task)) {
    for (Index place = 0; place < task.places; ++place) {
      if (!task.HasLabel(place)) continue;
      places_.push_back(place);
      weights_.push_back(no_weights ? 1 : task.Weight(place));
      const float* cells = task.y.data() + place * rows_.target_cols;
      rows_.y.insert(rows_.y.end(), cells, cells + rows_.target_cols);
    }
    rows_.rows = std::ssize(places_);
  }

  ModelCurves Of(JoinedOutputs* model, bool of_classes) {
    const Index cols = rows_.output_cols;
    std::vector<double> all(At(task_.places * cols));
    model->Read(0, task_.places, all.data());
    rows_.output.clear();
    for (const Index place : places_) {
      const auto row = all.begin() + place * cols;
      rows_.output.insert(rows_.output.end(), row, row + cols);
    }
    ModelCurves curves;
    if (of_classes && cols <= kMostCurves) {
      std::vector<CurveLine> lines;
      for (const RankedScores& scores : CurvesOf(rows_)) {
        if (auto line = RocOf(scores, weights_)) {
          lines.push_back(*std::move(line));
        }
      }
      curves.roc = MeanOf(lines);
    }
    if (of_classes || rows_.target_cols == 1) {
      curves.reliability = ReliabilityOf(SaidOf(rows_, weights_, of_classes));
    }
    return curves;
  }

 private:
  const JoinedTask& task_;
  MetricRows rows_;
  std::vector<Index> places_;
  std::vector<double> weights_;
};

}  // namespace

std::vector<TaskCurves> CurvesOfTasks(const JoinedModels& models,
                                      bool no_weights) {
  std::vector<TaskCurves> all;
  for (Index t = 0; t < models.task_count(); ++t) {
    JoinedTask task = models.Take(t);
    if (task.task.traits().is_map) continue;
    TaskCurves curves = {models.TaskName(t), task.task.is_classification(), {}};
    CurveRows rows(task, no_weights);
    std::set<std::string> seen;
    for (std::size_t m = 0; m < task.models.size(); ++m) {
      const std::string& name = models.head().models[m];
      if (!task.models[m] || !seen.insert(name).second) continue;
      curves.models.push_back(rows.Of(&*task.models[m], curves.is_of_classes));
      curves.models.back().model = name;
      task.models[m]->Release();
    }
    all.push_back(std::move(curves));
  }
  return all;
}

}  // namespace mtlkit
