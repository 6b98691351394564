#include "data/distances/row_math.h"

namespace mtlkit {
namespace {

// Targets are the shares of all classes above each.
class ContinuationsApart final : public OutputDistance {
 public:
  // The divergence of distributions over classes is, by the chain rule, the sum
  // of those of "higher still" at each class, each times the teacher's share
  // that comes so far (of the softened questions).
  void Distill(const Softening& s, const SoftRows& rows) const override {
    const Index cols = rows.output.cols;
    ForSoftRows(
        rows, true, s.scale,
        [&](const Real* z, const Real* target, Real scale, Real* slopes) {
          Real loss = 0;
          Real at_least = 1;  // the teacher's share of this class and above
          Real soft_at_least = 1;  // of the softened questions
          for (Index k = 0; k < cols; ++k) {
            const Real share = at_least > 0 ? target[k] / at_least : Real{0};
            const Real yes = std::clamp(share, Real{0}, Real{1});
            const Real top = std::max(yes, 1 - yes);
            const Real soft = Soften(s, yes, top);
            const Real t = soft / (soft + Soften(s, 1 - yes, top));
            const LogisticParts parts(z[k] / s.temperature);
            loss += soft_at_least * (RelativeTerm(s, t, parts.softplus_minus) +
                                     RelativeTerm(s, 1 - t, parts.softplus));
            if (slopes != nullptr) {
              slopes[k] =
                  scale * soft_at_least * (parts.sigmoid - t) / s.temperature;
            }
            at_least = target[k];
            soft_at_least *= t;
          }
          return scale * loss;
        });
  }

  // With h_k = s_1 ... s_k for the sigmoids s: dh_k/dz_j = h_k (1 - s_j), j <=
  // k.
  void Compare(const SoftRows& rows) const override {
    const Index cols = rows.output.cols;
    ForSoftRows(
        rows, false, 1,
        [=](const Real* z, const Real* target, Real weight, Real* slopes) {
          const Real scale = weight / static_cast<Real>(cols);
          for (Index k = 0; slopes != nullptr && k < cols; ++k) slopes[k] = 0;
          Real sum = 0;
          Real higher = 1;
          for (Index k = 0; k < cols; ++k) {
            higher *= LogisticParts(z[k]).sigmoid;
            if (IsMissing(target[k])) continue;
            const Real apart = higher - target[k];
            sum += apart * apart;
            for (Index j = 0; slopes != nullptr && j <= k; ++j) {
              slopes[j] += 2 * scale * apart * higher *
                           (1 - LogisticParts(z[j]).sigmoid);
            }
          }
          return scale * sum;
        });
  }
};

constexpr ContinuationsApart kContinuationsApart{};

}  // namespace

const OutputDistance& ContinuationDistance() {
  return kContinuationsApart;
}

}  // namespace mtlkit
