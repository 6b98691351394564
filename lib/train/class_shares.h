#pragma once

#include <span>

#include "base/view.h"
#include "data/task.h"

namespace mtlkit {

// Labels of a batch (PeerTask::labels) beside what networks say of rows, for
// protocols that compare or mix the two.

// Whether outputs are a logit for each class, or for each question with two
// answers.
bool HasLogitOfEachClass(const Task& task);

// Whether a label can be said as a soft target (Head::SoftTargets): where
// labels are classes, and numbers with one output each.
bool HasTruthAsTarget(const Task& task);
// The target, output_cols wide, that a network comes near that is sure of the
// label; NaN where a cell is missing.
void TruthAsTarget(const Task& task, const Real* label, std::span<Real> target);

// The following are of tasks with labels of one class (HeadTraits::one_class);
// `row`: predictions, a share of each class or of the positive one alone.

// A prediction that is sure of a class.
void SureOf(const Task& task, Index label, std::span<Real> row);
// Shares p become p^(1/T) / sum p^(1/T).
void Sharpen(const Task& task, double temperature, std::span<Real> row);
// The share of the class that the row speaks for, and the class.
Real SurestShare(const Task& task, std::span<const Real> row);
Index PredictedClass(const Task& task, std::span<const Real> row);

}  // namespace mtlkit
