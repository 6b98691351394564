#include "data/distances/row_math.h"

namespace mtlkit {
namespace {

double LogSum(const Real* z, Index cols) {
  const double top = static_cast<double>(*std::max_element(z, z + cols));
  double sum = 0;
  for (Index k = 0; k < cols; ++k) {
    sum += std::exp(static_cast<double>(z[k]) - top);
  }
  return top + std::log(sum);
}

// With d_k = log p_k - log q_k the sum of both divergences is sum_k (p_k - q_k)
// d_k; its slope by z_k of p is p_k (d_k - KL(p || q)) + p_k - q_k.
double DivergeRow(const Real* p, const Real* q, Index cols, Real* slopes) {
  const double sum_p = LogSum(p, cols);
  const double sum_q = LogSum(q, cols);
  double both = 0;
  double forward = 0;
  for (Index k = 0; k < cols; ++k) {
    const double log_p = static_cast<double>(p[k]) - sum_p;
    const double log_q = static_cast<double>(q[k]) - sum_q;
    forward += std::exp(log_p) * (log_p - log_q);
    both += (std::exp(log_p) - std::exp(log_q)) * (log_p - log_q);
  }
  for (Index k = 0; k < cols; ++k) {
    const double log_p = static_cast<double>(p[k]) - sum_p;
    const double log_q = static_cast<double>(q[k]) - sum_q;
    slopes[k] = static_cast<Real>(std::exp(log_p) * (log_p - log_q - forward) +
                                  std::exp(log_p) - std::exp(log_q));
  }
  return both;
}

// A backward divergence of p = softmax(z / T) from targets whose softened sum
// is `total`: the slope by z_k is p_k (d_k - sum_j p_j d_j) / T, with d the
// slopes by p.
Real DivergeBackward(const Softening& s, const Real* z, const Real* target,
                     Index cols, Real top, Real total, Real* slopes) {
  const double log_sum = static_cast<double>(LogSumExp(z, cols, s.temperature));
  const auto temperature = static_cast<double>(s.temperature);
  const auto term = [&](Index k, double* log_p, double* slope) {
    const auto t = static_cast<double>(Soften(s, target[k], top) / total);
    *log_p = static_cast<double>(z[k]) / temperature - log_sum;
    return BackwardTerm(s, t, *log_p, slope);
  };
  double loss = 0;
  double mean = 0;
  double log_p = 0;
  double slope = 0;
  for (Index k = 0; k < cols; ++k) {
    loss += term(k, &log_p, &slope);
    const double p = std::exp(log_p);
    mean += p > 0 ? p * slope : 0;
  }
  for (Index k = 0; slopes != nullptr && k < cols; ++k) {
    term(k, &log_p, &slope);
    const double p = std::exp(log_p);
    slopes[k] = static_cast<Real>(p > 0 ? p * (slope - mean) / temperature : 0);
  }
  return static_cast<Real>(loss);
}

// Of distributions over classes.
class ClassesApart final : public OutputDistance {
 public:
  void Distill(const Softening& s, const SoftRows& rows) const override {
    const Index cols = rows.output.cols;
    ForSoftRows(
        rows, true, s.scale,
        [&](const Real* z, const Real* target, Real scale, Real* slopes) {
          const Real log_sum = LogSumExp(z, cols, s.temperature);
          const Real top = *std::max_element(target, target + cols);
          Real total = 0;
          for (Index k = 0; k < cols; ++k) total += Soften(s, target[k], top);
          if (IsBackward(s)) {
            const Real apart =
                DivergeBackward(s, z, target, cols, top, total, slopes);
            for (Index k = 0; slopes != nullptr && k < cols; ++k) {
              slopes[k] *= scale;
            }
            return scale * apart;
          }
          Real loss = 0;
          for (Index k = 0; k < cols; ++k) {
            const Real t = Soften(s, target[k], top) / total;
            const Real minus_log_p = log_sum - z[k] / s.temperature;
            loss += RelativeTerm(s, t, minus_log_p);
            if (slopes != nullptr) {
              slopes[k] = scale * (std::exp(-minus_log_p) - t) / s.temperature;
            }
          }
          return scale * loss;
        });
  }

  // With d = p - t: the slope by z_k is 2 p_k (d_k - sum_j p_j d_j) / cols.
  void Compare(const SoftRows& rows) const override {
    const Index cols = rows.output.cols;
    ForSoftRows(
        rows, false, 1,
        [=](const Real* z, const Real* target, Real weight, Real* slopes) {
          const Real scale = weight / static_cast<Real>(cols);
          const Real log_sum = LogSumExp(z, cols, Real{1});
          Real sum = 0;
          Real mean = 0;
          for (Index k = 0; k < cols; ++k) {
            if (IsMissing(target[k])) continue;
            const Real p = std::exp(z[k] - log_sum);
            sum += (p - target[k]) * (p - target[k]);
            mean += p * (p - target[k]);
          }
          for (Index k = 0; slopes != nullptr && k < cols; ++k) {
            const Real p = std::exp(z[k] - log_sum);
            const Real apart = IsMissing(target[k]) ? Real{0} : p - target[k];
            slopes[k] = 2 * scale * p * (apart - mean);
          }
          return scale * sum;
        });
  }

  bool has_divergence() const override { return true; }
  void Diverge(ConstMatView p, ConstMatView q, std::span<Real> row_values,
               MatView gradient) const override {
    for (Index row = 0; row < p.rows; ++row) {
      row_values[At(row)] = static_cast<Real>(
          DivergeRow(p.Row(row), q.Row(row), p.cols, gradient.Row(row)));
    }
  }
};

constexpr ClassesApart kClassesApart{};

}  // namespace

const OutputDistance& SoftmaxDistance() {
  return kClassesApart;
}

}  // namespace mtlkit
