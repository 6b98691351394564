#include <vector>

#include "train/simplex.h"
#include "train/weighting.h"
#include "train/weighting_math.h"

namespace mtlkit {
namespace {

struct ModoOptions {
  double gamma = 1e-3;
  double rho = 0.1;

  void Describe(Fields& field) {
    field("gamma", gamma, "learning rate of the weights", AtLeast(0));
    field("rho", rho, "pull of the weights towards equal ones", AtLeast(0));
  }
};

// mgda by double sampling: w = P(w - gamma (A w + rho w)), where P is the
// projection on weights that sum to 1 and A has the products of gradients of
// one sample with those of another, so that A w is no biased estimate; the step
// is taken along the gradients of a third. Chen, Fernando, Ying and Chen,
// "Three-way trade-off in multi-objective learning: optimization,
// generalization and conflict-avoidance" (2023), algorithm 1.
class Modo : public Weighting {
 public:
  Modo(std::span<const Task> tasks, const ModoOptions& options)
      : options_(options), share_(tasks.size()) {}

  WeightingNeeds needs() const override {
    return {.gramian = true, .gradients = true, .samples = true};
  }
  Index state_size() const override { return std::ssize(share_); }
  void InitState(std::span<double> state) const override {
    KeptShares(state, 1).Start();
  }

  void Weights(const WeightingSignals& signals, std::span<double> state,
               std::span<double> w) const override {
    const KeptShares shares(state, 1);
    shares.Take(signals.sampled, w);
    bool has_sample = false;
    for (std::size_t i = 0; i < w.size(); ++i) {
      share_[i] = kNoShare;
      if (signals.sampled[i] == 0) continue;
      has_sample = true;
      double slope = 0;
      for (std::size_t j = 0; j < w.size(); ++j) {
        if (signals.sampled[j] == 0) continue;
        slope += w[j] *
                 signals.gramian(static_cast<Index>(i), static_cast<Index>(j));
      }
      share_[i] = w[i] - options_.gamma * (slope + options_.rho * w[i]);
    }
    if (has_sample) {
      ProjectOnSimplex(share_);
      shares.Keep(signals.sampled, share_);
    }
    shares.Take(signals.present, w);
  }

 private:
  ModoOptions options_;
  mutable std::vector<double> share_;
};

}  // namespace

extern const WeightingEntry kModo;
const WeightingEntry kModo = MakeEntry<Modo, ModoOptions>(
    "modo", "mgda of three independent samples of a batch (Chen et al. 2023)");

}  // namespace mtlkit
