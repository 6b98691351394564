#include "data/distances/row_math.h"

namespace mtlkit {
namespace {

// The teacher's "higher still", softened, where `at_least` of its share comes
// so far and `higher` goes on.
Real SoftQuestion(const Softening& s, Real higher, Real at_least) {
  const Real share = at_least > 0 ? higher / at_least : Real{0};
  const Real yes = std::clamp(share, Real{0}, Real{1});
  const Real top = std::max(yes, 1 - yes);
  const Real soft = Soften(s, yes, top);
  return soft / (soft + Soften(s, 1 - yes, top));
}

// The log of the share that comes as far as class k here, and the teacher's.
struct ContinuationReach {
  ContinuationReach(const Softening& s, const Real* z, const Real* target,
                    Index k) {
    for (Index j = 0; j < k; ++j) {
      const Real before = j == 0 ? Real{1} : target[j - 1];
      log_p -= static_cast<double>(
          LogisticParts(z[j] / s.temperature).softplus_minus);
      t *= static_cast<double>(SoftQuestion(s, target[j], before));
    }
  }
  double log_p = 0;
  double t = 1;
};

// A backward divergence of distributions over classes. With d_k the slope by
// the probability of class k and G_k its mean over the classes from k on, G_k =
// (1 - s_k) d_k + s_k G_{k+1}, the slope by z_k is P_k s_k (1 - s_k)
// (G_{k+1} - d_k) / T, P_k being the share that comes so far. Few classes have
// an order, and nothing is kept: each step goes through those before it.
Real DivergeBackwards(const Softening& s, const Real* z, const Real* target,
                      Index cols, Real scale, Real* slopes) {
  const ContinuationReach last(s, z, target, cols);
  double ahead = 0;  // G of the classes behind k
  double loss = BackwardTerm(s, last.t, last.log_p, &ahead);
  for (Index k = cols; k-- > 0;) {
    const ContinuationReach reach(s, z, target, k);
    const LogisticParts parts(z[k] / s.temperature);
    const auto no = static_cast<double>(parts.softplus);
    const auto yes = static_cast<double>(parts.softplus_minus);
    const Real before = k == 0 ? Real{1} : target[k - 1];
    const auto higher = static_cast<double>(SoftQuestion(s, target[k], before));
    double here = 0;
    loss += BackwardTerm(s, reach.t * (1 - higher), reach.log_p - no, &here);
    if (slopes != nullptr) {
      slopes[k] =
          scale *
          static_cast<Real>(std::exp(reach.log_p - no - yes) * (ahead - here)) /
          s.temperature;
    }
    ahead = std::exp(-no) * here + std::exp(-yes) * ahead;
  }
  return static_cast<Real>(loss);
}

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
          if (IsBackward(s)) {
            return scale * DivergeBackwards(s, z, target, cols, scale, slopes);
          }
          Real loss = 0;
          Real at_least = 1;  // the teacher's share of this class and above
          Real soft_at_least = 1;  // of the softened questions
          for (Index k = 0; k < cols; ++k) {
            const Real t = SoftQuestion(s, target[k], at_least);
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
