#include "data/heads/gaussian.h"

#include "data/distances/row_math.h"

namespace mtlkit {
namespace {

GaussianOutput GaussianOf(const Real* cell) {
  return {static_cast<double>(cell[0]), static_cast<double>(cell[1])};
}

// Means of all columns; targets are means and deviations.
class GaussiansApart final : public OutputDistance {
 public:
  // KL(N(m, s^2) || N(mean, variance)); softening means nothing here.
  void Distill(const Softening& /*softening*/,
               const SoftRows& rows) const override {
    ForColumns(rows, [](const GaussianOutput& said, double m, double s,
                        double* by_mean, double* by_log) {
      const double apart = said.mean - m;
      const double ratio = (s * s + apart * apart) / said.variance();
      *by_mean = apart / said.variance();
      *by_log = said.Held((1 - ratio) / 2);
      return (said.log - 2 * std::log(s) + ratio - 1) / 2;
    });
  }

  // Of means and of deviations.
  void Compare(const SoftRows& rows) const override {
    ForColumns(rows, [](const GaussianOutput& said, double m, double s,
                        double* by_mean, double* by_log) {
      const double apart = said.mean - m;
      const double wider = said.deviation() - s;
      *by_mean = apart;
      *by_log = said.Held(wider * said.deviation() / 2);
      return (apart * apart + wider * wider) / 2;
    });
  }

  // (p^2 + d^2) / (2 q^2) + (q^2 + d^2) / (2 p^2) - 1, for deviations p and q
  // and means that are d apart.
  bool has_divergence() const override { return true; }
  void Diverge(ConstMatView p, ConstMatView q, std::span<Real> row_values,
               MatView gradient) const override {
    const double share = 2 / static_cast<double>(p.cols);
    for (Index row = 0; row < p.rows; ++row) {
      double both = 0;
      for (Index k = 0; k < p.cols; k += 2) {
        const GaussianOutput a = GaussianOf(p.Row(row) + k);
        const GaussianOutput b = GaussianOf(q.Row(row) + k);
        const double apart = a.mean - b.mean;
        const double first = a.variance();
        const double second = b.variance();
        const double other = (second + apart * apart) / first;
        both += share * ((first + apart * apart) / second + other - 2) / 2;
        gradient(row, k) =
            static_cast<Real>(share * apart * (1 / first + 1 / second));
        gradient(row, k + 1) =
            static_cast<Real>(share * a.Held((first / second - other) / 2));
      }
      row_values[At(row)] = static_cast<Real>(both);
    }
  }

 private:
  template <class Column>
  static void ForColumns(const SoftRows& rows, Column column) {
    const Index cols = rows.output.cols;
    const double least = std::sqrt(GaussianOutput::kLeastVariance);
    ForSoftRows(
        rows, false, 1,
        [=](const Real* z, const Real* target, Real weight, Real* slopes) {
          const double scale =
              2 * static_cast<double>(weight) / static_cast<double>(cols);
          double sum = 0;
          for (Index k = 0; k < cols; k += 2) {
            double by_mean = 0;
            double by_log = 0;
            if (!IsMissing(target[k]) && !IsMissing(target[k + 1])) {
              sum += column(GaussianOf(z + k), static_cast<double>(target[k]),
                            std::max(static_cast<double>(target[k + 1]), least),
                            &by_mean, &by_log);
            }
            if (slopes == nullptr) continue;
            slopes[k] = static_cast<Real>(scale * by_mean);
            slopes[k + 1] = static_cast<Real>(scale * by_log);
          }
          return static_cast<Real>(scale * sum);
        });
  }
};

constexpr GaussiansApart kGaussiansApart{};

}  // namespace

const OutputDistance& GaussianDistance() {
  return kGaussiansApart;
}

}  // namespace mtlkit
