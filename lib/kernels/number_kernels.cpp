#include <numbers>

#include "kernels/levels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/number_kernels.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/tails-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mtlkit {
namespace HWY_NAMESPACE {
namespace {

void Pieces(const PiecesArgs& a) noexcept {
  const V zero = hn::Zero(kD);
  const V one = hn::Set(kD, Real{1});
  for (Index row = 0; row < a.rows; ++row) {
    const Real* x = a.x + row * a.x_stride;
    Real* y = a.y + row * a.y_stride;
    for (Index col = 0; col < a.cols; ++col, y += a.count) {
      const V number = hn::Set(kD, x[col]);
      const Real* edges = a.edges + col * (a.count + 1);
      const Real* scale = a.scale + col * a.count;
      for (Index k = 0; k < a.count; k += kLanes) {
        const Index left = a.count - k;
        const V part = hn::Mul(hn::Sub(number, LoadUpTo(edges + k, left)),
                               LoadUpTo(scale + k, left));
        StoreUpTo(hn::Min(hn::Max(part, zero), one), y + k, left);
      }
    }
  }
}

// sin(2 pi s) for s from -1/4 to 1/4: its series, whose next term is below the
// precision of what it is made of.
HWY_INLINE V SineOfTurns(V s) {
  constexpr int kTerms = sizeof(Real) == 4 ? 7 : 11;
  constexpr double kTurn = 2 * std::numbers::pi;
  const V square = hn::Mul(s, s);
  double factors[kTerms] = {kTurn};
  for (int i = 1; i < kTerms; ++i) {
    factors[i] = -factors[i - 1] * kTurn * kTurn / (2 * i * (2 * i + 1));
  }
  V sum = hn::Set(kD, static_cast<Real>(factors[kTerms - 1]));
  for (int i = kTerms - 2; i >= 0; --i) {
    sum = hn::MulAdd(sum, square, hn::Set(kD, static_cast<Real>(factors[i])));
  }
  return hn::Mul(sum, s);
}

// Turns t less their whole number are exact: so are the quarters that sine and
// cosine are brought to.
void Waves(const WavesArgs& a) noexcept {
  const V half = hn::Set(kD, Real(0.5));
  const V quarter = hn::Set(kD, Real(0.25));
  for (Index row = 0; row < a.rows; ++row) {
    const Real* x = a.x + row * a.x_stride;
    Real* y = a.y + row * a.y_stride;
    for (Index col = 0; col < a.cols; ++col, y += 2 * a.count) {
      const V number = hn::Set(kD, x[col]);
      const Real* frequency = a.frequency + col * a.count;
      for (Index k = 0; k < a.count; k += kLanes) {
        const Index left = a.count - k;
        const V t = hn::Mul(number, LoadUpTo(frequency + k, left));
        const V r = hn::Sub(t, hn::Round(t));
        const V size = hn::Abs(r);
        const V near =
            hn::IfThenElse(hn::Gt(size, quarter), hn::Sub(half, size), size);
        StoreUpTo(SineOfTurns(hn::CopySign(near, r)), y + k, left);
        StoreUpTo(SineOfTurns(hn::Sub(quarter, size)), y + a.count + k, left);
      }
    }
  }
}

void WavesGradient(const WavesGradientArgs& a) noexcept {
  const V turn = hn::Set(kD, static_cast<Real>(2 * std::numbers::pi));
  for (Index col = 0; col < a.cols; ++col) {
    for (Index k = 0; k < a.count; k += kLanes) {
      const Index left = a.count - k;
      const Index sine = 2 * col * a.count + k;
      const Index cosine = sine + a.count;
      V sum = hn::Zero(kD);
      for (Index row = 0; row < a.rows; ++row) {
        const Real* y = a.y + row * a.y_stride;
        const Real* dy = a.dy + row * a.dy_stride;
        const V down =
            hn::Mul(LoadUpTo(dy + cosine, left), LoadUpTo(y + sine, left));
        const V slope = hn::MulSub(LoadUpTo(dy + sine, left),
                                   LoadUpTo(y + cosine, left), down);
        sum = hn::MulAdd(hn::Set(kD, a.x[row * a.x_stride + col]), slope, sum);
      }
      StoreUpTo(hn::Mul(turn, sum), a.dfrequency + col * a.count + k, left);
    }
  }
}

}  // namespace

extern const NumberKernels kNumberTable;
constexpr NumberKernels kNumberTable = {Pieces, Waves, WavesGradient};

}  // namespace HWY_NAMESPACE
}  // namespace mtlkit
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mtlkit {

const NumberKernels* NumberKernelsOf(Level level) {
  MTLKIT_CHOOSE_LEVEL(level, kNumberTable);
}

}  // namespace mtlkit
#endif
