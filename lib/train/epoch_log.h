#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/task.h"
#include "nn/network.h"
#include "train/learner_state.h"
#include "train/validation.h"

namespace mtlkit {

// What a peer writes down of every epoch, from the sums that its learner keeps:
// one row of numbers, NaN where there is nothing to say.
class EpochLog {
 public:
  explicit EpochLog(Index tasks);

  // Names of the columns; those of `validator` if there is one.
  static std::vector<std::string> Columns(
      std::span<const Task> tasks, const Network& network,
      const std::optional<Validator>& validator);

  // Ends an epoch: sets losses() and clears the sums. Adds a row to `log`,
  // behind which `validation` goes, if there is any.
  void EndEpoch(Index epoch, double rate,
                const std::optional<ValidationResult>& validation,
                bool has_metric, LearnerState* sums, std::vector<double>* log);

  // Mean training losses of the epoch that ended last, one a task.
  std::span<const double> losses() const { return losses_; }
  // Over the tasks that have one.
  double mean_loss() const;
  // Of the same epoch, as NetworkTerms names them.
  std::span<const double> terms() const { return terms_; }

 private:
  std::vector<double> losses_;
  std::vector<double> terms_;
};

}  // namespace mtlkit
