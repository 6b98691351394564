#include "data/distances/row_math.h"

namespace mtlkit {
namespace {

// The squared difference, the mean over columns; softening means nothing here.
class ValuesApart final : public OutputDistance {
 public:
  void Distill(const Softening& /*softening*/,
               const SoftRows& rows) const override {
    const Index cols = rows.output.cols;
    ForSoftRows(
        rows, false, 1,
        [=](const Real* z, const Real* target, Real weight, Real* slopes) {
          const Real scale = weight / static_cast<Real>(cols);
          Real sum = 0;
          for (Index k = 0; k < cols; ++k) {
            const Real residual = IsMissing(target[k]) ? 0 : z[k] - target[k];
            sum += scale * residual * residual;
            if (slopes != nullptr) slopes[k] = 2 * scale * residual;
          }
          return sum;
        });
  }

  void Compare(const SoftRows& rows) const override {
    const Index cols = rows.output.cols;
    ForSoftRows(
        rows, false, 1,
        [=](const Real* z, const Real* target, Real weight, Real* slopes) {
          const Real scale = weight / static_cast<Real>(cols);
          Real sum = 0;
          for (Index k = 0; k < cols; ++k) {
            if (slopes != nullptr) slopes[k] = 0;
            if (IsMissing(target[k])) continue;
            sum += (z[k] - target[k]) * (z[k] - target[k]);
            if (slopes != nullptr) slopes[k] = 2 * scale * (z[k] - target[k]);
          }
          return scale * sum;
        });
  }

  bool has_divergence() const override { return true; }
  void Diverge(ConstMatView p, ConstMatView q, std::span<Real> row_values,
               MatView gradient) const override {
    const double share = 1 / static_cast<double>(p.cols);
    for (Index row = 0; row < p.rows; ++row) {
      double both = 0;
      for (Index k = 0; k < p.cols; ++k) {
        const double apart =
            static_cast<double>(p(row, k)) - static_cast<double>(q(row, k));
        both += share * apart * apart;
        gradient(row, k) = static_cast<Real>(2 * share * apart);
      }
      row_values[At(row)] = static_cast<Real>(both);
    }
  }
};

constexpr ValuesApart kValuesApart{};

}  // namespace

void OutputDistance::Diverge(ConstMatView /*p*/, ConstMatView /*q*/,
                             std::span<Real> /*row_values*/,
                             MatView /*gradient*/) const {
  assert(has_divergence());
}

const OutputDistance& ValueDistance() {
  return kValuesApart;
}

}  // namespace mtlkit
