#include "train/weightings/graddrop.h"
#include "train/weighting.h"

namespace mtlkit {
namespace {

struct GraddropOptions {
  double leak = 0;

  void Describe(Fields& field) {
    field("leak", leak, "part of each gradient that always passes",
          Between(0, 1));
  }
};

// In every coordinate only gradients of one sign survive: positive ones where
// P > U, else negative ones, with P = (1 + sum g / sum |g|) / 2 and U uniform.
// Chen, Ngiam, Huang, Luong, Kretzschmar, Chai and Anguelov, "Just pick a
// sign: optimizing deep multitask models with gradient sign dropout" (2020).
class Graddrop : public Weighting {
 public:
  explicit Graddrop(const GraddropOptions& options) : leak_(options.leak) {}

  WeightingNeeds needs() const override { return {.gradients = true}; }
  GradientsAt prefers_at() const override {
    return GradientsAt::kRepresentation;
  }

  void Weights(const WeightingSignals& signals, std::span<double>,
               std::span<double> w) const override {
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = signals.present[i] != 0 ? 1.0 : 0.0;
    }
  }

  void Combine(const WeightingSignals& signals, std::span<const double> w,
               ConstMatView gradients, Index first,
               std::span<Real> out) const override {
    const Index tasks = gradients.rows;
    for (Index j = 0; j < gradients.cols; ++j) {
      double positive = 0;
      double negative = 0;
      for (Index k = 0; k < tasks; ++k) {
        const double factor = w[At(k)];
        if (factor == 0) continue;
        const double g = factor * static_cast<double>(gradients(k, j));
        (g > 0 ? positive : negative) += g;
      }
      // Most places have no conflict and need no random number.
      const bool conflict = positive != 0 && negative != 0;
      const double uniform = conflict ? signals.rng->Uniform(first + j, 0) : 0;
      out[At(j)] =
          static_cast<Real>(DropSign(positive, negative, uniform, leak_));
    }
  }

 private:
  double leak_;
};

}  // namespace

extern const WeightingEntry kGraddrop;
const WeightingEntry kGraddrop = MakeEntry<Graddrop, GraddropOptions>(
    "graddrop", "one sign of gradient in each place (Chen et al. 2020)");

}  // namespace mtlkit
