#pragma once

#include <optional>
#include <span>

#include "base/view.h"

namespace mtlkit {

// The mean of a task's losses over the batches of an epoch, in three numbers
// of a weighting's state: their sum, how many, and the epoch's number. Epochs
// without a label of the task are passed over.
class EpochMean {
 public:
  static constexpr Index kSize = 3;

  explicit EpochMean(std::span<double> state) : state_(state) {}

  // Counts a loss of epoch `epoch`. The first of another epoch than the last
  // returns the mean of that one.
  std::optional<double> Add(Index epoch, double loss) {
    const double number = static_cast<double>(epoch);
    std::optional<double> ended;
    if (state_[1] > 0 && state_[2] != number) {
      ended = state_[0] / state_[1];
      state_[0] = state_[1] = 0;
    }
    state_[0] += loss;
    state_[1] += 1;
    state_[2] = number;
    return ended;
  }

 private:
  std::span<double> state_;
};

}  // namespace mtlkit
