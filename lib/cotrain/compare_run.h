#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "cotrain/run.h"
#include "train/train_environment.h"

namespace mtlkit {

// What a method is worth beside what one would have without it, over draws.
struct CompareRequest {
  Index rounds = 5;
  Index draws = 1;  // seeds; several files of data are a draw each
  Index draw = -1;  // only this one, so that each may be a job; -1: all
  std::string split = "test";

  void Describe(Fields& fields);
};

// Something that was measured, with a row a draw: a number for each task.
struct ComparedArm {
  std::string name;
  std::vector<std::vector<double>> values;
};

struct Comparison {
  std::vector<std::string> tasks;
  std::vector<std::string> metrics;  // as they are shown, one a task
  // "METHOD, a peer" (the mean over peers), "METHOD, together" (the mean of
  // their predictions), the same of peers left alone for as many rounds, or for
  // one where the method learns anew in each, and one network on all rows,
  // inputs and labels.
  std::vector<ComparedArm> arms;
};

// Runs what is not done yet of the runs in `folder` (drawNN/METHOD,
// drawNN/alone, drawNN/pooled), and measures them on the rows of the split;
// stopped at any time, it goes on. Draw d is of `data[d]`, or of the only one,
// and of the seed that many after spec.seed. With a draw chosen, the comparison
// holds that one.
Comparison CompareRuns(const std::string& folder, const RunSpec& spec,
                       const std::vector<std::string>& data,
                       const CompareRequest& request,
                       const TrainEnvironment& environment);

// A mean with the half of its 95 % interval (Student's), paired by draw; NaN
// with one draw.
struct PairedDifference {
  double mean = 0;
  double half = 0;
};
PairedDifference DifferenceOf(const ComparedArm& one, const ComparedArm& other,
                              std::size_t task);

std::string RenderText(const Comparison& comparison);
Json RenderJson(const Comparison& comparison);

}  // namespace mtlkit
