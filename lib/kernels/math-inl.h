// Special functions of vectors with the special values of <cmath>, which
// Highway's own do not keep. Included once per level.
#if defined(MTLKIT_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MTLKIT_MATH_INL_H_
#undef MTLKIT_MATH_INL_H_
#else
#define MTLKIT_MATH_INL_H_
#endif

#include <cmath>
#include <limits>

#include "hwy/contrib/math/math-inl.h"
#include "kernels/tails-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mtlkit {
namespace HWY_NAMESPACE {

constexpr Real kInfinity = std::numeric_limits<Real>::infinity();
// Largest x with a finite exp(x), and the x below which exp(x) is 0.
constexpr Real kExpHigh =
    sizeof(Real) == 4 ? Real(88.722839) : Real(709.782712893384);
constexpr Real kExpLow =
    sizeof(Real) == 4 ? Real(-103.97208) : Real(-745.13321910194122);

HWY_INLINE V Keep(V x, V y) {  // y, but NaN where x is NaN
  return hn::IfThenElse(hn::Eq(x, x), y, x);
}

inline HWY_NOINLINE V Exp(V x) {
  const V high = hn::Set(kD, kExpHigh);
  const V low = hn::Set(kD, kExpLow);
  V y = hn::Exp(kD, hn::Min(hn::Max(x, low), high));
  y = hn::IfThenElse(hn::Gt(x, high), hn::Set(kD, kInfinity), y);
  y = hn::IfThenZeroElse(hn::Lt(x, low), y);
  return Keep(x, y);
}

inline HWY_NOINLINE V Log(V x) {
  const V zero = hn::Zero(kD);
  const V infinity = hn::Set(kD, kInfinity);
  V y = hn::Log(kD, x);
  y = hn::IfThenElse(hn::Eq(x, zero), hn::Neg(infinity), y);
  y = hn::IfThenElse(hn::Lt(x, zero), hn::NaN(kD), y);
  y = hn::IfThenElse(hn::Eq(x, infinity), infinity, y);
  return Keep(x, y);
}

inline HWY_NOINLINE V Log1p(V x) {
  const V low = hn::Set(kD, Real{-1});
  const V infinity = hn::Set(kD, kInfinity);
  V y = hn::Log1p(kD, x);
  y = hn::IfThenElse(hn::Eq(x, low), hn::Neg(infinity), y);
  y = hn::IfThenElse(hn::Lt(x, low), hn::NaN(kD), y);
  y = hn::IfThenElse(hn::Eq(x, infinity), infinity, y);
  return Keep(x, y);
}

inline HWY_NOINLINE V Tanh(V x) {
  const V bound = hn::Set(kD, Real{20});  // tanh(20) rounds to 1
  const V y = hn::Tanh(kD, hn::Min(hn::Max(x, hn::Neg(bound)), bound));
  return Keep(x, y);
}

HWY_INLINE V Sigmoid(V x) {
  const V one = hn::Set(kD, Real{1});
  const V tail = Exp(hn::Neg(hn::Abs(x)));
  const V total = hn::Add(one, tail);
  const V top = hn::IfThenElse(hn::Lt(x, hn::Zero(kD)), tail, one);
  return hn::Div(top, total);
}

HWY_INLINE V Softplus(V x) {
  const V zero = hn::Zero(kD);
  const V tail = Log1p(Exp(hn::Neg(hn::Abs(x))));
  return Keep(x, hn::Add(hn::Max(x, zero), tail));
}

template <std::size_t kCount>
HWY_INLINE V Polynomial(V x, const Real (&coefficients)[kCount]) {
  V sum = hn::Set(kD, coefficients[0]);
  for (std::size_t i = 1; i < kCount; ++i) {
    sum = hn::MulAdd(sum, x, hn::Set(kD, coefficients[i]));
  }
  return sum;
}

// Rational approximation x P(x^2) / Q(x^2) on [-4, 4], within 3e-7, that
// TensorFlow and Eigen use for single precision; doubles go one by one through
// the library.
inline HWY_NOINLINE V Erf(V x) {
#ifdef MTLKIT_REAL64
  HWY_ALIGN Real values[kLanes];
  hn::Store(x, kD, values);
  for (Index i = 0; i < kLanes; ++i) values[i] = std::erf(values[i]);
  return hn::Load(kD, values);
#else
  constexpr Real kTop[] = {-2.72614225801306e-10f, 2.77068142495902e-08f,
                           -2.10102402082508e-06f, -5.69250639462346e-05f,
                           -7.34990630326855e-04f, -2.95459980854025e-03f,
                           -1.60960333262415e-02f};
  constexpr Real kBottom[] = {-1.45660718464996e-05f, -2.13374055278905e-04f,
                              -1.68282697438203e-03f, -7.37332916720468e-03f,
                              -1.42647390514189e-02f};
  const V bound = hn::Set(kD, Real{4});
  const V one = hn::Set(kD, Real{1});
  const V z = hn::Min(hn::Max(x, hn::Neg(bound)), bound);
  const V square = hn::Mul(z, z);
  const V top = hn::Mul(z, Polynomial(square, kTop));
  const V y = hn::Div(top, Polynomial(square, kBottom));
  return Keep(x, hn::Min(hn::Max(y, hn::Neg(one)), one));
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace mtlkit
HWY_AFTER_NAMESPACE();

#endif
