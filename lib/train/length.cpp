#include "train/length.h"

#include <algorithm>

namespace mtlkit {
namespace {

constexpr Index kLeastEpochs = 30;
constexpr Index kSteps = 3000;
constexpr Index kStepsUnvalidated = 1000;
constexpr Index kLeastPatience = 8;

}  // namespace

Index EpochsOf(const TrainOptions& options, Index steps_per_epoch,
               bool has_validation) {
  if (options.epochs > 0) return options.epochs;
  const Index steps = has_validation ? kSteps : kStepsUnvalidated;
  return std::max(kLeastEpochs,
                  (steps + steps_per_epoch - 1) / steps_per_epoch);
}

Index PatienceOf(const TrainOptions& options, Index epochs) {
  if (options.patience >= 0) return options.patience;
  return std::max(kLeastPatience, (epochs + 3) / 4);
}

}  // namespace mtlkit
