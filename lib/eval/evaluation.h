#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "eval/join.h"
#include "eval/result.h"

namespace mtlkit {

struct EvaluationOptions {
  std::string against;               // the baseline's name; "": none
  std::vector<std::string> metrics;  // names; empty: one a task; "all"
  Index draws = 1000;                // of the bootstrap; 0: no intervals
  double level = 0.95;               // of the intervals

  void Describe(Fields& fields);
};

// Values, intervals of a bootstrap over rows and, with a baseline, paired
// differences and gains: every draw takes the same rows for all models and
// tasks. A task whose metric is undefined in a draw is left out of that draw.
// The result does not depend on the number of threads.
Evaluation Evaluate(const JoinedPredictions& joined,
                    const EvaluationOptions& options, Seed seed,
                    ThreadPool& pool);

}  // namespace mtlkit
