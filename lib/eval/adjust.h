#pragma once

#include <limits>
#include <string>
#include <vector>

#include "base/options.h"
#include "eval/prediction_source.h"

namespace mtlkit {

// What is fitted to predictions of validation rows before others are measured.
struct AdjustOptions {
  bool calibrate = false;  // temperatures of classes
  std::string threshold;   // "f1", "balanced", or a number in (0, 1)
  double conformal = 0;    // the coverage stated of sets; 0: none

  void Describe(Fields& fields);
  bool any() const { return calibrate || !threshold.empty() || conformal > 0; }
  // Whether validation rows are needed.
  bool fits() const;
};

// What was fitted of one task of one model.
struct TaskAdjustment {
  static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

  std::string model;
  Index seed = 0;
  std::string task;
  Index rows = 0;  // labelled validation rows
  double temperature = kNone;
  double loss_before = kNone;  // mean log loss of these rows
  double loss_after = kNone;
  // Above which a binary task is positive, or each label set; empty: 1/2.
  std::vector<double> thresholds;
  // Split conformal prediction: of numbers half the width of intervals, of
  // classes the least probability of those in a set; and of the rows that are
  // measured the share covered, and the mean size: width, or classes.
  double stated = kNone;
  double bound = kNone;
  double covered = kNone;
  double size = kNone;
  Index measured = 0;
};

// Fits to `valid` (by name and seed those of `sources`, of other rows) what the
// options ask for, and returns sources that say so:
//  - calibrate: probabilities p become p^(1/T) / sum p^(1/T), T of a task being
//    what makes the mean log loss of the validation rows least, within 1/100
//    and 100 (temperature scaling: Guo, Pleiss, Sun and Weinberger, "On
//    calibration of modern neural networks", 2017). A set's labels share T.
//  - threshold: the probability above which a binary task or a label counts as
//    predicted, that with the largest F1 or balanced accuracy there, halfway to
//    the next probability; fitted after calibration.
//  - conformal: of numbers |y - p|, of classes 1 - p_y is a row's score, and
//    the bound its ceil((n + 1) coverage)-th smallest value (split conformal:
//    Vovk, Gammerman and Shafer, 2005; Lei and others, "Distribution-free
//    predictive inference for regression", 2018; sets: Sadinle, Lei and
//    Wasserman, 2019). Of predictions before calibration, since fitting both on
//    the same rows would break the guarantee.
// Rows with weights count by them but in conformal prediction. kBadInput where
// a validation row is also measured, another model made its predictions, or
// there are too few; kUsage where no task can be adjusted so, or names and
// seeds of both sides are not the same.
std::vector<NamedSource> Adjust(const std::vector<NamedSource>& sources,
                                const std::vector<NamedSource>& valid,
                                const AdjustOptions& options,
                                std::vector<TaskAdjustment>* adjustments);

// Lines for people, and as JSON.
std::string AdjustmentText(const std::vector<TaskAdjustment>& adjustments);
Json AdjustmentJson(const std::vector<TaskAdjustment>& adjustments);

}  // namespace mtlkit
