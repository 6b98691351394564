#include "data/distances/row_math.h"
#include "data/heads/log_mean.h"

namespace mtlkit {
namespace {

// Outputs are logs of means of Poisson distributions, targets the means.
class RatesApart final : public OutputDistance {
 public:
  // KL(Poisson(m) || Poisson(e^z)) = e^z - m + m (log m - z), the mean over
  // columns; softening means nothing here.
  void Distill(const Softening& /*softening*/,
               const SoftRows& rows) const override {
    ForCells(rows, [](double z, double m, double* slope) {
      const SafeExp mean(z);
      *slope = mean.slope - m;
      return mean.value - m * z + (m > 0 ? m * std::log(m) - m : 0);
    });
  }

  void Compare(const SoftRows& rows) const override {
    ForCells(rows, [](double z, double m, double* slope) {
      const SafeExp mean(z);
      *slope = 2 * (mean.value - m) * mean.slope;
      return (mean.value - m) * (mean.value - m);
    });
  }

  // (e^p - e^q) (p - q).
  bool has_divergence() const override { return true; }
  void Diverge(ConstMatView p, ConstMatView q, std::span<Real> row_values,
               MatView gradient) const override {
    const double share = 1 / static_cast<double>(p.cols);
    for (Index row = 0; row < p.rows; ++row) {
      double both = 0;
      for (Index k = 0; k < p.cols; ++k) {
        const auto a = static_cast<double>(p(row, k));
        const auto b = static_cast<double>(q(row, k));
        const SafeExp mean(a);
        const double apart = mean.value - SafeExp(b).value;
        both += share * apart * (a - b);
        gradient(row, k) =
            static_cast<Real>(share * (mean.slope * (a - b) + apart));
      }
      row_values[At(row)] = static_cast<Real>(both);
    }
  }

 private:
  template <class Cell>
  static void ForCells(const SoftRows& rows, Cell cell) {
    const Index cols = rows.output.cols;
    ForSoftRows(
        rows, false, 1,
        [=](const Real* z, const Real* target, Real weight, Real* slopes) {
          const double scale =
              static_cast<double>(weight) / static_cast<double>(cols);
          double sum = 0;
          for (Index k = 0; k < cols; ++k) {
            double slope = 0;
            if (!IsMissing(target[k])) {
              sum += cell(static_cast<double>(z[k]),
                          static_cast<double>(target[k]), &slope);
            }
            if (slopes != nullptr) slopes[k] = static_cast<Real>(scale * slope);
          }
          return static_cast<Real>(scale * sum);
        });
  }
};

constexpr RatesApart kRatesApart{};

}  // namespace

const OutputDistance& RateDistance() {
  return kRatesApart;
}

}  // namespace mtlkit
