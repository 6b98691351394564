#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/view.h"
#include "eval/estimate.h"

namespace mtlkit {

// Two models' errors of one task (MetricError), NaN where undefined.
struct ErrorPair {
  double baseline = 0;
  double model = 0;
};

// What errors of a task are taken as parts of.
struct ErrorUnit {
  double size = 1;       // the error of a constant
  bool is_root = false;  // errors are roots of means (MetricEntry)
};

// A task without a part in a gain, and why.
struct LeftOutTask {
  std::string task;
  std::string reason;
};

// How much smaller a model's errors are than the baseline's. The error of each
// task is taken relative to that of the best constant prediction, so that units
// cancel; these are averaged over tasks, and `log_ratio` is the log of the
// model's mean over the baseline's. Below 0 is better. Exchange of the models
// turns its sign and mirrors its interval, and it is near a pole only where
// every task is solved, not where one is: the mean over tasks of relative falls
// (b - e) / b would be neither.
//
// Errors that are roots of means are averaged as squares among themselves (the
// root of the mean square counts for each): a root of a mean of few rows is too
// small on average, the more the heavier the tails, which does not go away with
// the number of tasks. The mean itself is not.
struct Gain {
  Estimate log_ratio;
  Index tasks = 0;  // over which the means are taken
  std::vector<LeftOutTask> left_out;
  Index wins = 0;
  Index ties = 0;
  Index losses = 0;

  // Whether any task has a verdict: without intervals none has.
  bool is_judged() const { return wins + ties + losses > 0; }
  // 1 - ratio, for reading: the share of the error that is gone.
  Estimate share() const;
};

// The log of the ratio of the mean errors, each in its unit (one a task); tasks
// without both errors do not count. 0 where neither model errs, infinite where
// one does not, NaN without a task.
double LogErrorRatio(std::span<const ErrorPair> errors,
                     std::span<const ErrorUnit> units);

}  // namespace mtlkit
