#include "kernels/levels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/sequence_kernels.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/lanes-inl.h"
#include "kernels/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mtlkit {
namespace HWY_NAMESPACE {
namespace {

// Up to `left` numbers from `from` on, or 0 where it is null.
HWY_INLINE V LoadOrZero(const Real* from, Index offset, Index left) {
  return from == nullptr ? hn::Zero(kD) : LoadUpTo(from + offset, left);
}

// y (1 - y), the slope of the logistic function y.
HWY_INLINE V SigmoidSlope(V y) {
  return hn::NegMulAdd(y, y, y);
}
// 1 - y^2, that of tanh.
HWY_INLINE V TanhSlope(V y) {
  return hn::NegMulAdd(y, y, hn::Set(kD, Real{1}));
}

void LstmStep(const LstmStepArgs& a) noexcept {
  const V forget = hn::Set(kD, a.forget_bias);
  for (Index k = 0; k < a.size; k += kLanes) {
    const Index left = a.size - k;
    const auto sum = [&](Index gate) {
      const Index at = gate * a.size + k;
      return hn::Add(LoadUpTo(a.x + at, left),
                     LoadOrZero(a.recurrent, at, left));
    };
    const V i = Sigmoid(sum(0));
    const V f = Sigmoid(hn::Add(sum(1), forget));
    const V o = Sigmoid(sum(2));
    const V g = Tanh(sum(3));
    const V cell = hn::MulAdd(f, LoadOrZero(a.before, k, left), hn::Mul(i, g));
    const V squashed = Tanh(cell);
    StoreUpTo(i, a.gates + k, left);
    StoreUpTo(f, a.gates + a.size + k, left);
    StoreUpTo(o, a.gates + 2 * a.size + k, left);
    StoreUpTo(g, a.gates + 3 * a.size + k, left);
    StoreUpTo(cell, a.cell + k, left);
    StoreUpTo(squashed, a.squashed + k, left);
    StoreUpTo(hn::Mul(o, squashed), a.y + k, left);
  }
}

void LstmStepGradient(const LstmStepGradientArgs& a) noexcept {
  for (Index k = 0; k < a.size; k += kLanes) {
    const Index left = a.size - k;
    const V i = LoadUpTo(a.gates + k, left);
    const V f = LoadUpTo(a.gates + a.size + k, left);
    const V o = LoadUpTo(a.gates + 2 * a.size + k, left);
    const V g = LoadUpTo(a.gates + 3 * a.size + k, left);
    const V squashed = LoadUpTo(a.squashed + k, left);
    const V dy = LoadUpTo(a.dy + k, left);
    const V dcell = hn::MulAdd(hn::Mul(dy, o), TanhSlope(squashed),
                               LoadUpTo(a.dcell + k, left));
    const V before = LoadOrZero(a.before, k, left);
    StoreUpTo(hn::Mul(hn::Mul(dcell, g), SigmoidSlope(i)), a.dz + k, left);
    StoreUpTo(hn::Mul(hn::Mul(dcell, before), SigmoidSlope(f)),
              a.dz + a.size + k, left);
    StoreUpTo(hn::Mul(hn::Mul(dy, squashed), SigmoidSlope(o)),
              a.dz + 2 * a.size + k, left);
    StoreUpTo(hn::Mul(hn::Mul(dcell, i), TanhSlope(g)), a.dz + 3 * a.size + k,
              left);
    StoreUpTo(hn::Mul(dcell, f), a.dcell + k, left);
  }
}

void GruStep(const GruStepArgs& a) noexcept {
  for (Index k = 0; k < a.size; k += kLanes) {
    const Index left = a.size - k;
    const auto part = [&](Index gate) {
      return LoadOrZero(a.recurrent, gate * a.size + k, left);
    };
    const V r = Sigmoid(hn::Add(LoadUpTo(a.x + k, left), part(0)));
    const V u = Sigmoid(hn::Add(LoadUpTo(a.x + a.size + k, left), part(1)));
    const V q = hn::Add(part(2), LoadUpTo(a.bias + k, left));
    const V n = Tanh(hn::MulAdd(r, q, LoadUpTo(a.x + 2 * a.size + k, left)));
    const V before = LoadOrZero(a.before, k, left);
    StoreUpTo(r, a.gates + k, left);
    StoreUpTo(u, a.gates + a.size + k, left);
    StoreUpTo(n, a.gates + 2 * a.size + k, left);
    StoreUpTo(q, a.gates + 3 * a.size + k, left);
    StoreUpTo(hn::MulAdd(u, hn::Sub(before, n), n), a.y + k, left);
  }
}

void GruStepGradient(const GruStepGradientArgs& a) noexcept {
  const V one = hn::Set(kD, Real{1});
  for (Index k = 0; k < a.size; k += kLanes) {
    const Index left = a.size - k;
    const V r = LoadUpTo(a.gates + k, left);
    const V u = LoadUpTo(a.gates + a.size + k, left);
    const V n = LoadUpTo(a.gates + 2 * a.size + k, left);
    const V q = LoadUpTo(a.gates + 3 * a.size + k, left);
    const V dy = LoadUpTo(a.dy + k, left);
    const V before = LoadOrZero(a.before, k, left);
    const V dn = hn::Mul(hn::Mul(dy, hn::Sub(one, u)), TanhSlope(n));
    const V du = hn::Mul(hn::Mul(dy, hn::Sub(before, n)), SigmoidSlope(u));
    const V dr = hn::Mul(hn::Mul(dn, q), SigmoidSlope(r));
    StoreUpTo(hn::Mul(dy, u), a.dbefore + k, left);
    StoreUpTo(dr, a.dz + k, left);
    StoreUpTo(du, a.dz + a.size + k, left);
    StoreUpTo(hn::Mul(dn, r), a.dz + 2 * a.size + k, left);
    if (a.dx == nullptr) continue;
    StoreUpTo(dr, a.dx + k, left);
    StoreUpTo(du, a.dx + a.size + k, left);
    StoreUpTo(dn, a.dx + 2 * a.size + k, left);
  }
}

Index SeenBy(const AttentionScores& a, Index row) {
  if (!a.causal) return a.cols;
  const Index seen = a.seen + row;
  return seen < 0 ? 0 : Smaller(seen, a.cols);
}

// x = exp(scale x - top) of the first `seen`, 0 behind them; their sum over
// sixteen lanes, so that what is behind the last does not change it.
Real PowersOf(Real scale, Real top, Real* x, Index seen, Index cols) {
  const V factor = hn::Set(kD, scale);
  const V shift = hn::Set(kD, top);
  Lanes16 sum = Lanes16::Set(0);
  for (Index c = 0; c < seen; c += kVirtualLanes) {
    const Lanes16 power =
        Lanes16::Load(x + c, seen - c, -kInfinity).Map([=](V v) {
          return Exp(hn::MulSub(v, factor, shift));
        });
    power.Store(x + c, seen - c);
    sum = sum + power;
  }
  for (Index c = seen; c < cols; ++c) x[c] = 0;
  return sum.Sum();
}

Real TopOf(const Real* x, Index seen, Real scale) {
  const auto larger = [](V a, V b) {
    return hn::IfThenElse(hn::Gt(a, b), a, b);
  };
  Lanes16 top = Lanes16::Load(x, seen, -kInfinity);
  for (Index c = kVirtualLanes; c < seen; c += kVirtualLanes) {
    top = top.With(Lanes16::Load(x + c, seen - c, -kInfinity), larger);
  }
  const Real value = scale * top.Max();
  return value == -kInfinity ? Real{0} : value;
}

void AttentionPowers(const AttentionPowersArgs& a) noexcept {
  for (Index r = 0; r < a.rows; ++r) {
    Real* x = a.scores + r * a.stride;
    const Index seen = SeenBy(a, r);
    Real& top = a.top[r * a.state_stride];
    Real& sum = a.sum[r * a.state_stride];
    if (a.first) sum = 0;
    if (seen == 0) {
      if (a.first) top = 0;
      for (Index c = 0; c < a.cols; ++c) x[c] = 0;
      continue;
    }
    Real most = TopOf(x, seen, a.scale);
    if (!a.first && !(most > top)) most = top;
    if (!a.first && most != top) {
      const Real shrink = hn::GetLane(Exp(hn::Set(kD, top - most)));
      sum *= shrink;
      Real* y = a.y + r * a.y_stride;
      for (Index c = 0; c < a.y_cols; ++c) y[c] *= shrink;
    }
    top = most;
    sum += PowersOf(a.scale, most, x, seen, a.cols);
  }
}

void AttentionAgain(const AttentionAgainArgs& a) noexcept {
  for (Index r = 0; r < a.rows; ++r) {
    PowersOf(a.scale, a.total[r * a.total_stride], a.scores + r * a.stride,
             SeenBy(a, r), a.cols);
  }
}

void AttentionGradient(const AttentionGradientArgs& a) noexcept {
  const V scale = hn::Set(kD, a.scale);
  for (Index r = 0; r < a.rows; ++r) {
    const Real* p = a.p + r * a.stride;
    Real* dp = a.dp + r * a.stride;
    const V mean = hn::Set(kD, a.mean[r]);
    for (Index c = 0; c < a.cols; c += kLanes) {
      const Index left = a.cols - c;
      const V slope = hn::Sub(LoadUpTo(dp + c, left), mean);
      StoreUpTo(hn::Mul(hn::Mul(scale, LoadUpTo(p + c, left)), slope), dp + c,
                left);
    }
  }
}

}  // namespace

extern const SequenceKernels kSequenceTable;
constexpr SequenceKernels kSequenceTable = {
    LstmStep,        LstmStepGradient, GruStep,          GruStepGradient,
    AttentionPowers, AttentionAgain,   AttentionGradient};

}  // namespace HWY_NAMESPACE
}  // namespace mtlkit
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mtlkit {

const SequenceKernels* SequenceKernelsOf(Level level) {
  MTLKIT_CHOOSE_LEVEL(level, kSequenceTable);
}

}  // namespace mtlkit
#endif
