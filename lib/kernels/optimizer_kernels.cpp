#include <cmath>

#include "kernels/levels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/optimizer_kernels.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/tails-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mtlkit {
namespace HWY_NAMESPACE {
namespace {

HWY_INLINE V Of(double value) {
  return hn::Set(kD, static_cast<Real>(value));
}

void Sgd(const SgdArgs& s) noexcept {
  const V scale = Of(s.gradient_scale);
  const V coupled = Of(s.decoupled ? 0.0 : s.decay);
  const V keep = Of(s.decoupled ? 1 - s.rate * s.decay : 1.0);
  const V momentum = Of(s.momentum);
  const V undamped = Of(1 - s.dampening);
  const V back = Of(-s.rate);
  for (Index i = 0; i < s.size; i += kLanes) {
    const Index left = s.size - i;
    const V p = LoadUpTo(s.parameters + i, left);
    V step = hn::Mul(scale, LoadUpTo(s.gradient + i, left));
    step = hn::MulAdd(coupled, p, step);
    if (s.velocity != nullptr) {
      V v = step;
      if (!s.first_step) {
        v = hn::MulAdd(momentum, LoadUpTo(s.velocity + i, left),
                       hn::Mul(undamped, step));
      }
      StoreUpTo(v, s.velocity + i, left);
      step = s.nesterov ? hn::MulAdd(momentum, v, step) : v;
    }
    StoreUpTo(hn::MulAdd(back, step, hn::Mul(keep, p)), s.parameters + i, left);
  }
}

void Adam(const AdamArgs& a) noexcept {
  const V scale = Of(a.gradient_scale);
  const V coupled = Of(a.decoupled ? 0.0 : a.decay);
  const V keep = Of(a.decoupled ? 1 - a.rate * a.decay : 1.0);
  const V beta1 = Of(a.beta1);
  const V beta2 = Of(a.beta2);
  const V rest1 = Of(1 - a.beta1);
  const V rest2 = Of(1 - a.beta2);
  const V epsilon = Of(a.epsilon);
  const V back = Of(-a.rate / a.correction1);
  const V root = Of(1 / std::sqrt(a.correction2));
  for (Index i = 0; i < a.size; i += kLanes) {
    const Index left = a.size - i;
    const V p = LoadUpTo(a.parameters + i, left);
    V g = hn::Mul(scale, LoadUpTo(a.gradient + i, left));
    g = hn::MulAdd(coupled, p, g);
    const V m = hn::MulAdd(beta1, LoadUpTo(a.first_moment + i, left),
                           hn::Mul(rest1, g));
    const V v = hn::MulAdd(beta2, LoadUpTo(a.second_moment + i, left),
                           hn::Mul(hn::Mul(rest2, g), g));
    StoreUpTo(m, a.first_moment + i, left);
    StoreUpTo(v, a.second_moment + i, left);
    const V below = hn::MulAdd(root, hn::Sqrt(v), epsilon);
    const V next = hn::MulAdd(back, hn::Div(m, below), hn::Mul(keep, p));
    StoreUpTo(next, a.parameters + i, left);
  }
}

void Average(double share, const Real* x, Real* mean, Index size) noexcept {
  const V part = Of(share);
  for (Index i = 0; i < size; i += kLanes) {
    const Index left = size - i;
    const V old = LoadUpTo(mean + i, left);
    const V away = hn::Sub(LoadUpTo(x + i, left), old);
    StoreUpTo(hn::MulAdd(part, away, old), mean + i, left);
  }
}

}  // namespace

extern const OptimizerKernels kOptimizerTable;
constexpr OptimizerKernels kOptimizerTable = {Sgd, Adam, Average};

}  // namespace HWY_NAMESPACE
}  // namespace mtlkit
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mtlkit {

const OptimizerKernels* OptimizerKernelsOf(Level level) {
  MTLKIT_CHOOSE_LEVEL(level, kOptimizerTable);
}

}  // namespace mtlkit
#endif
