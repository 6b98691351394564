#include <algorithm>
#include <cmath>
#include <string>

#include "train/epoch_mean.h"
#include "train/weighting.h"
#include "train/weighting_math.h"

namespace mtlkit {
namespace {

struct StchOptions {
  double mu = 1;
  std::string form = "paper";
  Index warm_up = 4;

  void Describe(Fields& field) {
    field("mu", mu, "how smooth the maximum is; small: the worst task alone",
          AtLeast(1e-6));
    field("form", form,
          "paper: of the losses; log: of their logarithms, less those of the "
          "last epoch of the warm-up",
          {"paper", "log"});
    field("warm-up", warm_up,
          "epochs in which form=log minimises the sum of log losses",
          AtLeast(1));
  }
};

// The total is a smooth maximum of the K losses of the batch, of which tasks
// that are worse off have more. Lin, Zhang, Yang, Liu, Wang and Zhang, "Smooth
// Tchebycheff scalarization for multi-objective optimization" (2024).
// - paper: mu log sum exp(L_i / (K mu)): the ideal point is 0, preferences are
//   --task-weight.
// - log: K mu log sum exp(log(L_i / n_i) / mu), as the authors train networks,
//   n_i being the mean loss of the last epoch of the warm-up; before, the sum
//   of log losses. The epochs of a task are those with a label of it. A loss of
//   0 or below, or of such an n, counts as it is.
class Stch : public Weighting {
 public:
  Stch(std::span<const Task> tasks, const StchOptions& options)
      : mu_(options.mu),
        warm_up_(static_cast<double>(options.warm_up)),
        tasks_(options.form == "log" ? std::ssize(tasks) : 0) {}

  Index state_size() const override { return kSize * tasks_; }

  void Weights(const WeightingSignals& signals, std::span<double> state,
               std::span<double> w) const override {
    if (tasks_ > 0) {
      ByLogs(signals, state, w);
      return;
    }
    const double count = CountPresent(signals);
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] =
          signals.present[i] != 0 ? signals.losses[i] / count / mu_ : kNoShare;
    }
    Softmax(w);
    for (double& weight : w) weight /= std::max(count, 1.0);
  }

 private:
  // What is kept of a task: its EpochMean, how many epochs have ended, and n.
  static constexpr std::size_t kEnded = EpochMean::kSize;
  static constexpr std::size_t kNadir = kEnded + 1;
  static constexpr Index kSize = EpochMean::kSize + 2;

  // The task's own numbers.
  static std::span<double> Of(std::span<double> state, std::size_t i) {
    return state.subspan(At(kSize) * i, At(kSize));
  }
  // Whether the task is compared with others.
  bool IsCompared(std::span<const double> own, double loss) const {
    return own[kEnded] >= warm_up_ && HasLog(own[kNadir]) && HasLog(loss);
  }

  void ByLogs(const WeightingSignals& signals, std::span<double> state,
              std::span<double> w) const {
    double count = 0;
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = kNoShare;
      if (signals.present[i] == 0) continue;
      const std::span<double> own = Of(state, i);
      const double loss = signals.losses[i];
      const auto ended =
          EpochMean(own.first(At(EpochMean::kSize))).Add(signals.epoch, loss);
      if (ended) {
        own[kEnded] += 1;
        if (own[kEnded] == warm_up_) own[kNadir] = *ended;
      }
      if (!IsCompared(own, loss)) continue;
      w[i] = std::log(loss / own[kNadir]) / mu_;
      count += 1;
    }
    Softmax(w);
    for (std::size_t i = 0; i < w.size(); ++i) {
      if (signals.present[i] == 0) continue;
      const std::span<const double> own = Of(state, i);
      const double loss = signals.losses[i];
      if (IsCompared(own, loss)) {
        w[i] = std::min(count * w[i] / loss, kMostFactor);
      } else {
        w[i] = own[kEnded] < warm_up_ && HasLog(loss) ? 1 / loss : 1;
      }
    }
  }

  double mu_;
  double warm_up_;
  Index tasks_;  // of which something is kept
};

}  // namespace

extern const WeightingEntry kStch;
const WeightingEntry kStch = MakeEntry<Stch, StchOptions>(
    "stch", "a smooth maximum of the losses (Lin et al. 2024)");

}  // namespace mtlkit
