#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "base/parallel.h"
#include "base/reporter.h"
#include "base/rng.h"
#include "eval/join.h"
#include "eval/result.h"

namespace mtlkit {

struct EvaluationOptions {
  std::string against;               // the baseline's name; "": none
  std::vector<std::string> metrics;  // names; empty: one a task; "all"
  Index draws = 1000;                // of the bootstrap; 0: no intervals
  double level = 0.95;               // of the intervals
  bool no_weights = false;           // count every row once
  bool per_label = false;            // each label of a multi-label task, too

  void Describe(Fields& fields);
};

// Values, intervals of a bootstrap over rows and, with a baseline, paired
// differences and gains: every draw takes the same rows for all models and
// tasks. A task whose metric is undefined in a draw is left out of that draw.
// The result does not depend on the number of threads. Takes all tasks of
// `models`, one at a time. `reporter` may be null.
Evaluation Evaluate(const JoinedModels& models,
                    const EvaluationOptions& options, Seed seed,
                    ThreadPool& pool, Reporter* reporter = nullptr);

}  // namespace mtlkit
