#include <string>
#include <vector>

#include "base/error.h"
#include "train/weighting.h"

namespace mtlkit {
namespace {

struct CrMogmOptions {
  double alpha = 0.9;
  std::string base = "pcgrad";

  void Describe(Fields& field) {
    field("alpha", alpha, "memory of the mean weights", BelowFrom(0, 1));
    field.Named("base", base, "NAME[:option=value/...]",
                "the method on inner products of gradients that finds weights");
  }
};

// Moving means of the weights that another method finds, which depend less on
// the noise of a batch: v = alpha v + (1 - alpha) w, v = w at first. Zhou,
// Zhang, Jiang, Zhong, Gu and Zhu, "On the convergence of stochastic
// multi-objective gradient manipulation and beyond" (2022).
class CrMogm : public Weighting {
 public:
  CrMogm(std::span<const Task> tasks, const CrMogmOptions& options)
      : alpha_(options.alpha),
        tasks_(tasks.size()),
        base_(MakeWeighting(ParseInnerChoice(options.base, "base"), tasks,
                            "base")) {
    const WeightingNeeds needs = base_->needs();
    Require(needs.gramian && !needs.gradients, ErrorKind::kUsage,
            Str("base: '", options.base,
                "' does not find weights by inner products of gradients alone"),
            "give one that does, such as pcgrad or mgda");
    of_base_ = At(base_->state_size()) / tasks_;
    base_state_.resize(of_base_ * tasks_);
  }

  WeightingNeeds needs() const override { return base_->needs(); }
  GradientsAt prefers_at() const override { return base_->prefers_at(); }
  // Of each task what the other method keeps, its mean, whether it has one.
  Index state_size() const override {
    return static_cast<Index>(Size() * tasks_);
  }
  void InitState(std::span<double> state) const override {
    Weighting::InitState(state);
    base_->InitState(base_state_);
    MoveState(state, false);
  }
  void LossFactors(const WeightingSignals& signals,
                   std::span<double> factors) const override {
    base_->LossFactors(signals, factors);
  }

  void Weights(const WeightingSignals& signals, std::span<double> state,
               std::span<double> w) const override {
    MoveState(state, true);
    base_->Weights(signals, base_state_, w);
    MoveState(state, false);
    for (std::size_t i = 0; i < w.size(); ++i) {
      if (signals.present[i] == 0) continue;
      double& mean = state[i * Size() + of_base_];
      double& is_there = state[i * Size() + of_base_ + 1];
      mean = is_there != 0 ? alpha_ * mean + (1 - alpha_) * w[i] : w[i];
      is_there = 1;
      w[i] = mean;
    }
  }

 private:
  std::size_t Size() const { return of_base_ + 2; }
  // Between what is kept and what the other method sees of it.
  void MoveState(std::span<double> state, bool to_base) const {
    for (std::size_t i = 0; i < tasks_; ++i) {
      for (std::size_t j = 0; j < of_base_; ++j) {
        double& ours = state[i * Size() + j];
        double& theirs = base_state_[i * of_base_ + j];
        (to_base ? theirs : ours) = to_base ? ours : theirs;
      }
    }
  }

  double alpha_;
  std::size_t tasks_;
  std::unique_ptr<Weighting> base_;
  std::size_t of_base_ = 0;  // numbers a task
  mutable std::vector<double> base_state_;
};

}  // namespace

extern const WeightingEntry kCrMogm;
const WeightingEntry kCrMogm = MakeEntry<CrMogm, CrMogmOptions>(
    "cr-mogm", "moving means of another method's weights (Zhou et al. 2022)");

}  // namespace mtlkit
