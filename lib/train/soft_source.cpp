#include "train/soft_source.h"

#include <algorithm>

#include "base/error.h"
#include "data/head.h"

namespace mtlkit {
double SoftSource::Factor(double progress) const {
  const double risen = ramp > 0 ? std::min(1.0, progress / ramp) : 1;
  const double left = fall > 0 ? std::max(0.0, 1 - progress / fall) : 1;
  return factor * risen * left;
}

double SoftSource::LabelShare(double progress) const {
  return fall > 0 ? std::min(1.0, progress / fall) : 1;
}

void SoftSource::Fill(std::span<const Index> rows, double progress,
                      Lesson* into) const {
  into->factor = Factor(progress);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::int32_t place = places[At(rows[i])];
    Real* target = into->target.Row(static_cast<Index>(i));
    into->weight[i] = place < 0 ? Real{0} : weights[At(place)];
    if (place < 0) {
      std::fill_n(target, cols, Real{0});
    } else {
      std::copy_n(values.data() + place * cols, cols, target);
    }
  }
}

SoftSource MakeSource(const SoftTargets& soft, const Task& task, Index rows) {
  SoftSource source;
  source.task = soft.task;
  source.cols = task.output_cols();
  const Index said = task.prediction_cols();
  const std::size_t count = soft.rows.size();
  Require(
      soft.values.size() == count * At(said) &&
          (soft.weights.empty() || soft.weights.size() == count),
      ErrorKind::kBug,
      Str("soft targets of task '", task.name, "' are not rows x predictions"));
  source.places.assign(At(rows), -1);
  for (std::size_t i = 0; i < count; ++i) {
    source.places[At(soft.rows[i])] = static_cast<std::int32_t>(i);
  }
  const std::vector<Real> predictions(soft.values.begin(), soft.values.end());
  source.values.resize(count * At(source.cols));
  const auto rows_of_soft = static_cast<Index>(count);
  task.head().TargetsOf(task, {predictions.data(), rows_of_soft, said},
                        {source.values.data(), rows_of_soft, source.cols});
  source.weights.assign(count, Real{1});
  for (std::size_t i = 0; i < soft.weights.size(); ++i) {
    source.weights[i] = static_cast<Real>(soft.weights[i]);
  }
  source.factor = soft.factor;
  source.ramp = soft.ramp_epochs;
  source.fall = soft.fall_epochs;
  return source;
}

}  // namespace mtlkit
