#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/view.h"
#include "data/task.h"
#include "train/protocol.h"
#include "train/train_inputs.h"

namespace mtlkit {

// Soft targets by row, as the network's outputs count.
struct SoftSource {
  Index lesson = 0;
  Index task = 0;
  Index cols = 0;
  std::vector<std::int32_t> places;  // one a row of the dataset; -1: none
  std::vector<Real> values;
  std::vector<Real> weights;
  double factor = 0;
  double ramp = 0;
  double fall = 0;

  // The factor of the lesson, `progress` epochs into the training, and that of
  // the labels beside it.
  double Factor(double progress) const;
  double LabelShare(double progress) const;
  // Sets a lesson of these rows.
  void Fill(std::span<const Index> rows, double progress, Lesson* into) const;
};

// Throws kBug where `soft` does not fit the task; `rows`: of the dataset.
SoftSource MakeSource(const SoftTargets& soft, const Task& task, Index rows);

}  // namespace mtlkit
