#include "train/class_shares.h"

#include <algorithm>
#include <cmath>

#include "data/head.h"

namespace mtlkit {

bool HasLogitOfEachClass(const Task& task) {
  const HeadTraits& traits = task.traits();
  if (!traits.has_classes || traits.is_ordered || traits.is_map) return false;
  const Index each = traits.has_positive ? 1 : std::ssize(task.classes);
  return task.output_cols() == each;
}

bool HasTruthAsTarget(const Task& task) {
  const HeadTraits& traits = task.traits();
  // Of a map of several classes a label is no target as it stands.
  if (traits.is_map) return task.output_cols() == task.target_cols();
  return traits.has_classes ||
         (!traits.has_levels && task.output_cols() == task.target_cols());
}

void TruthAsTarget(const Task& task, const Real* label,
                   std::span<Real> target) {
  const HeadTraits& traits = task.traits();
  if (!traits.one_class || traits.has_positive) {
    std::copy_n(label, target.size(), target.begin());
    return;
  }
  const auto own = static_cast<Index>(label[0]);
  for (std::size_t k = 0; k < target.size(); ++k) {
    const auto at = static_cast<Index>(k);
    // Ordered classes: whether it is higher than each.
    target[k] = Real((traits.is_ordered ? own > at : own == at) ? 1 : 0);
  }
}

void SureOf(const Task& task, Index label, std::span<Real> row) {
  std::ranges::fill(row, Real{0});
  if (task.traits().has_positive) {
    row[0] = static_cast<Real>(label);
  } else {
    row[At(label)] = 1;
  }
}

void Sharpen(const Task& task, double temperature, std::span<Real> row) {
  const auto sharp = [temperature](Real p) {
    return std::pow(static_cast<double>(p), 1 / temperature);
  };
  if (task.traits().has_positive) {
    const double yes = sharp(row[0]);
    row[0] = static_cast<Real>(yes / (yes + sharp(1 - row[0])));
    return;
  }
  // Relative to the largest, which alone cannot vanish.
  const Real most = std::ranges::max(row);
  double sum = 0;
  for (const Real p : row) sum += sharp(p / most);
  for (Real& p : row) p = static_cast<Real>(sharp(p / most) / sum);
}

Real SurestShare(const Task& task, std::span<const Real> row) {
  if (task.traits().has_positive) return std::max(row[0], 1 - row[0]);
  return std::ranges::max(row);
}

Index PredictedClass(const Task& task, std::span<const Real> row) {
  return task.head().PredictedClass(row);
}

}  // namespace mtlkit
