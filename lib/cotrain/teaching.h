#pragma once

#include <string>

#include "cotrain/method.h"

namespace mtlkit {

// How the predictions of several peers become one.
enum class Consensus {
  kMean,     // of probabilities; numbers: of values
  kLogMean,  // of logs of probabilities, made to sum to 1: that of logits
};

// What a peer learns of what peers have published.
struct TeachingRule {
  // Of the others' predictions, or of the peer's own, or of both.
  enum class Teachers { kOthers, kOwn, kAll };
  Teachers teachers = Teachers::kOthers;
  Consensus consensus = Consensus::kMean;
  // Rows that have a label of the task are left out.
  bool unlabelled_only = false;
  double weight = 1;
  bool anneals = false;  // SoftTargets::fall_epochs, over the whole round
  std::string loss = "distillation";
};

// Adds soft targets of every task to a plan: the consensus of the teachers,
// weighted by --stale-decay to the power of their age.
void PlanTeaching(const RoundArgs& args, const TeachingRule& rule,
                  RoundPlan* plan);

}  // namespace mtlkit
