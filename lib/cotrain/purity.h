#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "cotrain/collaboration.h"
#include "data/dataset.h"

namespace mtlkit {

// How good the labels are that peers gave to rows of one task in one round.
struct LabelPurity {
  std::string task;
  Index round = 0;
  Index labels = 0;  // of those with a known truth
  Index right = 0;   // classes only
  // Of numbers: root of the mean squared error; NaN for classes.
  double rmse = 0;
};

// What the newest rounds of all peers have selected, beside the labels of
// `truth`, whose rows and tasks are found by id and name, and whose classes by
// name. A label that several peers have counts once. Rounds ascend, and tasks
// are in the run's order. kBadInput where no label is known.
std::vector<LabelPurity> PurityOf(const Collaboration& run,
                                  const Dataset& truth);

std::string RenderText(const std::vector<LabelPurity>& purity);
void AddJson(const std::vector<LabelPurity>& purity, Json* json);

}  // namespace mtlkit
