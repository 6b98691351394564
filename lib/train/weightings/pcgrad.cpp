#include <algorithm>
#include <vector>

#include "train/weighting.h"

namespace mtlkit {
namespace {

struct PcgradOptions {
  std::string order = "random";

  void Describe(Fields& field) {
    field("order", order, "in which order a task meets the others",
          {"random", "ascending"});
  }
};

// Every task's gradient loses what conflicts with each other task's:
// g_i' -= (g_i' . g_j / |g_j|^2) g_j where g_i' . g_j < 0, over j in random
// order; the sum of the g_i' is taken. Yu, Kumar, Gupta, Levine, Hausman and
// Finn, "Gradient surgery for multi-task learning" (2020). All of it happens
// among the coefficients of g_i' in the g_j, which need the Gramian only.
class Pcgrad : public Weighting {
 public:
  Pcgrad(std::span<const Task> tasks, const PcgradOptions& options)
      : random_(options.order == "random"),
        order_(tasks.size()),
        row_(tasks.size()) {}

  WeightingNeeds needs() const override { return WeightingNeeds::kGramian; }
  bool weights_heads() const override { return false; }

  void Weights(const WeightingSignals& signals, std::span<double>,
               std::span<double> w) const override {
    std::fill(w.begin(), w.end(), 0.0);
    for (std::size_t i = 0; i < w.size(); ++i) {
      if (signals.present[i] == 0) continue;
      Project(signals, i);
      for (std::size_t j = 0; j < w.size(); ++j) w[j] += row_[j];
    }
  }

 private:
  // Sets row_ to the coefficients of g_i'.
  void Project(const WeightingSignals& signals, std::size_t i) const {
    const Index tasks = static_cast<Index>(row_.size());
    for (Index j = 0; j < tasks; ++j) order_[static_cast<std::size_t>(j)] = j;
    const Index self = static_cast<Index>(i);
    if (random_) signals.rng->Shuffle(order_, self);
    std::fill(row_.begin(), row_.end(), 0.0);
    row_[i] = 1;
    for (const Index j : order_) {
      const std::size_t other = static_cast<std::size_t>(j);
      if (j == self || signals.present[other] == 0) continue;
      double product = 0;
      for (Index k = 0; k < tasks; ++k) {
        const double factor = row_[static_cast<std::size_t>(k)];
        if (factor != 0) product += factor * signals.gramian(k, j);
      }
      const double square = signals.gramian(j, j);
      if (product < 0 && square > 0) row_[other] -= product / square;
    }
  }

  bool random_;
  mutable std::vector<Index> order_;
  mutable std::vector<double> row_;
};

}  // namespace

extern const WeightingEntry kPcgrad;
const WeightingEntry kPcgrad = MakeEntry<Pcgrad, PcgradOptions>(
    "pcgrad", "conflicting parts of gradients removed (Yu et al. 2020)");

}  // namespace mtlkit
