#include "data/distances/row_math.h"

namespace mtlkit {
namespace {

double Logistic(double z) {
  return z >= 0 ? 1 / (1 + std::exp(-z)) : std::exp(z) / (1 + std::exp(z));
}

// The backward divergence of one question, and its slope by the logit.
Real QuestionApart(const Softening& s, Real t, const LogisticParts& p,
                   Real* slope) {
  double yes = 0;
  double no = 0;
  const auto taught = static_cast<double>(t);
  const double loss =
      BackwardTerm(s, taught, -static_cast<double>(p.softplus_minus), &yes) +
      BackwardTerm(s, 1 - taught, -static_cast<double>(p.softplus), &no);
  const double part = std::exp(-static_cast<double>(p.softplus) -
                               static_cast<double>(p.softplus_minus));
  *slope = static_cast<Real>(part * (yes - no));
  return static_cast<Real>(loss);
}

// Of each sigmoid, the mean over questions.
class LogitsApart final : public OutputDistance {
 public:
  void Distill(const Softening& s, const SoftRows& rows) const override {
    const Index cols = rows.output.cols;
    ForSoftRows(
        rows, false, s.scale,
        [&](const Real* z, const Real* target, Real scale, Real* slopes) {
          const Real share = scale / static_cast<Real>(cols);
          Real loss = 0;
          for (Index k = 0; k < cols; ++k) {
            if (IsMissing(target[k])) {
              if (slopes != nullptr) slopes[k] = 0;
              continue;
            }
            const Real top = std::max(target[k], 1 - target[k]);
            const Real yes = Soften(s, target[k], top);
            const Real t = yes / (yes + Soften(s, 1 - target[k], top));
            const LogisticParts parts(z[k] / s.temperature);
            if (IsBackward(s)) {
              Real slope = 0;
              loss += QuestionApart(s, t, parts, &slope);
              if (slopes != nullptr) slopes[k] = share * slope / s.temperature;
              continue;
            }
            loss += RelativeTerm(s, t, parts.softplus_minus) +
                    RelativeTerm(s, 1 - t, parts.softplus);
            if (slopes != nullptr) {
              slopes[k] = share * (parts.sigmoid - t) / s.temperature;
            }
          }
          return share * loss;
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
            const Real p = LogisticParts(z[k]).sigmoid;
            sum += (p - target[k]) * (p - target[k]);
            if (slopes != nullptr) {
              slopes[k] = 2 * scale * (p - target[k]) * (p * (1 - p));
            }
          }
          return scale * sum;
        });
  }

  // (s - t) (z - y) for s, t the sigmoids of z, y.
  bool has_divergence() const override { return true; }
  void Diverge(ConstMatView p, ConstMatView q, std::span<Real> row_values,
               MatView gradient) const override {
    const double share = 1 / static_cast<double>(p.cols);
    for (Index row = 0; row < p.rows; ++row) {
      double both = 0;
      for (Index k = 0; k < p.cols; ++k) {
        const double s = Logistic(static_cast<double>(p(row, k)));
        const double t = Logistic(static_cast<double>(q(row, k)));
        const double apart =
            static_cast<double>(p(row, k)) - static_cast<double>(q(row, k));
        both += share * (s - t) * apart;
        gradient(row, k) =
            static_cast<Real>(share * (s * (1 - s) * apart + s - t));
      }
      row_values[At(row)] = static_cast<Real>(both);
    }
  }
};

constexpr LogitsApart kLogitsApart{};

}  // namespace

const OutputDistance& LogitDistance() {
  return kLogitsApart;
}

}  // namespace mtlkit
