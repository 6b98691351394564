#include "train/divergence.h"

#include <cassert>

#include "data/head.h"
#include "data/output_distance.h"

namespace mtlkit {

bool HasDivergence(const Task& task) {
  return task.head().DistanceOf(task).has_divergence();
}

void SymmetricDivergence(const Task& task, ConstMatView p, ConstMatView q,
                         std::span<Real> row_values, MatView gradient) {
  assert(HasDivergence(task));
  task.head().DistanceOf(task).Diverge(p, q, row_values, gradient);
}

Direction DirectionOf(const std::string& text) {
  if (text == "reverse") return Direction::kReverse;
  return text == "both" ? Direction::kBoth : Direction::kForward;
}

std::vector<std::string> DirectionNames() {
  return {"forward", "reverse", "both"};
}

void PairDivergence::Reserve(Index rows, Index cols) {
  for (auto* memory : {&own_, &other_, &target_, &slopes_}) {
    memory->resize(At(rows * cols));
  }
  values_.resize(At(rows));
  ones_.assign(At(rows), Real{1});
}

ConstMatView PairDivergence::Soften(const Task& task, ConstMatView outputs,
                                    std::vector<Real>* memory) const {
  if (temperature_ == 1 || !task.traits().has_classes) return outputs;
  for (Index i = 0; i < outputs.size(); ++i) {
    (*memory)[At(i)] = outputs.data[i] / static_cast<Real>(temperature_);
  }
  return {memory->data(), outputs.rows, outputs.cols};
}

void PairDivergence::Add(const Task& task, ConstMatView own, ConstMatView other,
                         double share, std::span<Real> row_values,
                         MatView gradient) {
  const ConstMatView p = Soften(task, own, &own_);
  const ConstMatView q = Soften(task, other, &other_);
  double scale = share;
  double slope = share;
  if (task.traits().has_classes) {
    if (scale_by_square_) scale *= temperature_ * temperature_;
    slope = scale / temperature_;
  }
  const std::span<Real> values = std::span(values_).first(At(own.rows));
  const MatView slopes = {slopes_.data(), own.rows, own.cols};
  const auto add = [&](double sign) {
    for (Index i = 0; i < own.rows; ++i) {
      row_values[At(i)] += static_cast<Real>(sign * scale) * values[At(i)];
    }
    for (Index i = 0; i < own.size(); ++i) {
      gradient.data[i] += static_cast<Real>(sign * slope) * slopes.data[i];
    }
  };
  const OutputDistance& distance = task.head().DistanceOf(task);
  // Of values both divergences are half of that, which stands for either.
  const bool is_either =
      &distance == &ValueDistance() && direction_ == Direction::kReverse;
  if (direction_ != Direction::kForward) {
    distance.Diverge(p, q, values, slopes);
    add(1);
  }
  if (direction_ == Direction::kBoth || is_either) return;
  const MatView target = {target_.data(), own.rows, own.cols};
  task.head().SoftTargets(task, q, target);
  distance.Distill(
      {}, {p, target, std::span(ones_).first(At(own.rows)), values, slopes});
  add(direction_ == Direction::kForward ? 1 : -1);
}

}  // namespace mtlkit
