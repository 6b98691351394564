#include <algorithm>
#include <limits>

#include "train/epoch_mean.h"
#include "train/weighting.h"
#include "train/weighting_math.h"

namespace mtlkit {
namespace {

struct DwaOptions {
  double temperature = 2;

  void Describe(Fields& field) {
    field("temperature", temperature, "how equal weights are", AtLeast(1e-6));
  }
};

// Tasks whose losses fall slower than others' count for more: K times the
// softmax of r / T, r being the mean loss of an epoch by that of the epoch
// before, and K the number of tasks in the batch. Liu, Johns and Davison,
// "End-to-end multi-task learning with attention" (2019).
//
// The epochs of a task are those with a label of it. Before two have ended r
// is 1, and so it is after one whose mean is 0 or below; a mean below 0 counts
// as 0 where it is divided.
class Dwa : public Weighting {
 public:
  Dwa(std::span<const Task> tasks, const DwaOptions& options)
      : temperature_(options.temperature), tasks_(std::ssize(tasks)) {}

  Index state_size() const override { return kSize * tasks_; }

  void Weights(const WeightingSignals& signals, std::span<double> state,
               std::span<double> w) const override {
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = kNoShare;
      if (signals.present[i] == 0) continue;
      const std::span<double> own = state.subspan(At(kSize) * i, At(kSize));
      const auto ended = EpochMean(own.first(At(EpochMean::kSize)))
                             .Add(signals.epoch, signals.losses[i]);
      if (ended) {
        own[kBefore] = own[kLast];
        own[kLast] = *ended;
        own[kEnded] += 1;
      }
      w[i] = std::min(Ratio(own) / temperature_,
                      std::numeric_limits<double>::max());
    }
    Softmax(w);
    const double count = CountPresent(signals);
    for (double& weight : w) weight *= count;
  }

 private:
  // What is kept of a task: its EpochMean, the means of the last epoch and of
  // the one before, and how many have ended.
  static constexpr std::size_t kLast = EpochMean::kSize;
  static constexpr std::size_t kBefore = kLast + 1;
  static constexpr std::size_t kEnded = kLast + 2;
  static constexpr Index kSize = EpochMean::kSize + 3;

  static double Ratio(std::span<const double> own) {
    if (own[kEnded] < 2 || !HasLog(own[kBefore])) return 1;
    return std::max(own[kLast], 0.0) / own[kBefore];
  }

  double temperature_;
  Index tasks_;
};

}  // namespace

extern const WeightingEntry kDwa;
const WeightingEntry kDwa = MakeEntry<Dwa, DwaOptions>(
    "dwa", "more weight where losses fall slower (Liu et al. 2019)");

}  // namespace mtlkit
