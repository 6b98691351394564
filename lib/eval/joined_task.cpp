#include "eval/joined_task.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "data/head.h"

namespace mtlkit {

JoinedOutputs::JoinedOutputs(std::shared_ptr<const PredictionSource> source,
                             Index task, std::vector<Index> order,
                             std::vector<std::int32_t> place_of)
    : source_(std::move(source)),
      task_(task),
      order_(std::move(order)),
      place_of_(std::move(place_of)) {}

void JoinedOutputs::Read(Index first, Index count, double* to) {
  const SourceTask& from = source_->tasks()[At(task_)];
  const std::size_t cols = At(from.task.prediction_cols());
  if (place_of_.empty()) {
    held_.resize(At(count) * cols);
    source_->ReadOutputs(task_, first, count, held_.data());
  } else if (held_.empty()) {
    held_.resize(At(from.places) * cols);
    source_->ReadOutputs(task_, 0, from.places, held_.data());
  }
  for (Index i = 0; i < count; ++i) {
    const Index place = place_of_.empty() ? i : place_of_[At(first + i)];
    const auto row =
        std::span<const float>(held_).subspan(At(place) * cols, cols);
    from.task.head().Reorder(order_, row, to);
    to += is_label_ ? 1 : cols;
  }
}

WrittenTexts JoinedOutputs::ReadTexts(std::span<const Index> places) const {
  if (places.empty()) return {};
  const bool is_same = place_of_.empty();
  const Index first = is_same ? places.front() : 0;
  const Index count =
      is_same ? places.back() + 1 - first : source_->tasks()[At(task_)].places;
  WrittenTexts all = source_->ReadTexts(task_, first, count);
  WrittenTexts texts;
  for (const Index place : places) {
    const std::size_t at = At(is_same ? place - first : place_of_[At(place)]);
    texts.said.push_back(std::move(all.said[at]));
    texts.truth.push_back(std::move(all.truth[at]));
  }
  return texts;
}

std::vector<double> JoinedOutputs::Thresholds() const {
  const std::vector<double> all = source_->Thresholds(task_);
  if (all.size() < 2) return all;
  std::vector<double> own;
  for (const Index label : order_) own.push_back(all[At(label)]);
  return own;
}

JoinedOutputs JoinedOutputs::OfLabel(Index label) const {
  JoinedOutputs outputs(source_, task_, {order_[At(label)]}, place_of_);
  outputs.is_label_ = true;
  return outputs;
}

Index LabelCount(const Task& task) {
  const HeadTraits& traits = task.type.traits();
  if (!traits.has_classes || traits.one_class || traits.is_map) return 0;
  const Index labels = std::ssize(task.classes);
  return labels > 1 ? labels : 0;
}

JoinedTask LabelTask(const JoinedTask& task, Index label) {
  JoinedTask one;
  one.task = task.task;
  one.task.classes = {task.task.classes[At(label)]};
  one.task.name += "." + one.task.classes[0];
  one.places = task.places;
  one.row_of = task.row_of;
  one.weights = task.weights;
  one.weighted = task.weighted;
  one.y.reserve(At(task.places));
  const std::size_t labels = task.task.classes.size();
  for (std::size_t i = At(label); i < task.y.size(); i += labels) {
    one.y.push_back(task.y[i]);
  }
  for (const auto& model : task.models) {
    one.models.emplace_back();
    if (model) one.models.back() = model->OfLabel(label);
  }
  if (!task.constants.empty()) one.constants = {task.constants[At(label)]};
  return one;
}

bool JoinedTask::HasLabel(Index place) const {
  const Index cols = task.target_cols();
  const float* cells = y.data() + place * cols;
  return std::any_of(cells, cells + cols,
                     [](float cell) { return !std::isnan(cell); });
}

}  // namespace mtlkit
