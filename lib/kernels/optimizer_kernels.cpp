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
  const V direct = Of(-a.gradient_rate);
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
    V square = v;
    if (a.largest_moment != nullptr) {
      square = hn::Max(v, LoadUpTo(a.largest_moment + i, left));
      StoreUpTo(square, a.largest_moment + i, left);
    }
    const V below = hn::MulAdd(root, hn::Sqrt(square), epsilon);
    const V ahead = a.divides ? hn::Div(m, below) : m;
    V next = hn::MulAdd(back, ahead, hn::Mul(keep, p));
    if (a.gradient_rate != 0) {
      next = hn::MulAdd(direct, hn::Div(g, below), next);
    }
    StoreUpTo(next, a.parameters + i, left);
  }
}

// Moves parameters by -rate times what step(g, i, left) makes of the gradients
// of some, the first of which is number i.
template <class Step>
HWY_INLINE void Walk(const UpdateArgs& u, double rate, const Step& step) {
  const V scale = Of(u.gradient_scale);
  const V coupled = Of(u.decoupled ? 0.0 : u.decay);
  const V keep = Of(u.decoupled ? 1 - u.rate * u.decay : 1.0);
  const V back = Of(-rate);
  for (Index i = 0; i < u.size; i += kLanes) {
    const Index left = u.size - i;
    const V p = LoadUpTo(u.parameters + i, left);
    V g = hn::Mul(scale, LoadUpTo(u.gradient + i, left));
    g = hn::MulAdd(coupled, p, g);
    const V next = hn::MulAdd(back, step(g, i, left), hn::Mul(keep, p));
    StoreUpTo(next, u.parameters + i, left);
  }
}

// A moving mean in memory: share mean + (1 - share) x.
HWY_INLINE V Fade(double share, V x, Real* mean, Index left) {
  const V next =
      hn::MulAdd(Of(share), LoadUpTo(mean, left), hn::Mul(Of(1 - share), x));
  StoreUpTo(next, mean, left);
  return next;
}

void Adamax(const AdamaxArgs& a) noexcept {
  const V epsilon = Of(a.epsilon);
  const V beta2 = Of(a.beta2);
  Walk(a, a.rate / a.correction1, [&](V g, Index i, Index left) {
    const V m = Fade(a.beta1, g, a.slots[0] + i, left);
    const V old = LoadUpTo(a.slots[1] + i, left);
    const V u = hn::Max(hn::Mul(beta2, old), hn::Add(hn::Abs(g), epsilon));
    StoreUpTo(u, a.slots[1] + i, left);
    return hn::Div(m, u);
  });
}

void Rmsprop(const RmspropArgs& a) noexcept {
  const V epsilon = Of(a.epsilon);
  const V momentum = Of(a.momentum);
  Walk(a, a.rate, [&](V g, Index i, Index left) {
    V square = Fade(a.alpha, hn::Mul(g, g), a.slots[0] + i, left);
    if (a.centred) {
      const V mean = Fade(a.alpha, g, a.slots[1] + i, left);
      // Rounding may put it below 0.
      square = hn::Max(hn::NegMulAdd(mean, mean, square), hn::Zero(kD));
    }
    const V step = hn::Div(g, hn::Add(hn::Sqrt(square), epsilon));
    if (a.momentum == 0) return step;
    const V b = hn::MulAdd(momentum, LoadUpTo(a.slots[2] + i, left), step);
    StoreUpTo(b, a.slots[2] + i, left);
    return b;
  });
}

void Adagrad(const AdagradArgs& a) noexcept {
  const V epsilon = Of(a.epsilon);
  const V start = Of(a.start);
  Walk(a, a.rate, [&](V g, Index i, Index left) {
    const V old = hn::Add(LoadUpTo(a.slots[0] + i, left), start);
    const V sum = hn::MulAdd(g, g, old);
    StoreUpTo(sum, a.slots[0] + i, left);
    return hn::Div(g, hn::Add(hn::Sqrt(sum), epsilon));
  });
}

void Adadelta(const AdadeltaArgs& a) noexcept {
  const V epsilon = Of(a.epsilon);
  Walk(a, a.rate, [&](V g, Index i, Index left) {
    const V square = Fade(a.rho, hn::Mul(g, g), a.slots[0] + i, left);
    const V delta = LoadUpTo(a.slots[1] + i, left);
    const V ratio = hn::Div(hn::Sqrt(hn::Add(delta, epsilon)),
                            hn::Sqrt(hn::Add(square, epsilon)));
    const V step = hn::Mul(ratio, g);
    Fade(a.rho, hn::Mul(step, step), a.slots[1] + i, left);
    return step;
  });
}

void Lion(const LionArgs& a) noexcept {
  const V beta1 = Of(a.beta1);
  const V rest1 = Of(1 - a.beta1);
  Walk(a, a.rate, [&](V g, Index i, Index left) {
    const V m = LoadUpTo(a.slots[0] + i, left);
    const V c = hn::MulAdd(beta1, m, hn::Mul(rest1, g));
    Fade(a.beta2, g, a.slots[0] + i, left);
    // c / |c| is 1 or -1, and NaN stays NaN.
    return hn::IfThenZeroElse(hn::Eq(c, hn::Zero(kD)), hn::Div(c, hn::Abs(c)));
  });
}

void Lamb(const LambArgs& a) noexcept {
  const V scale = Of(a.gradient_scale);
  const V decay = Of(a.decay);
  const V epsilon = Of(a.epsilon);
  const V ahead = Of(1 / a.correction1);
  const V root = Of(1 / std::sqrt(a.correction2));
  for (Index i = 0; i < a.size; i += kLanes) {
    const Index left = a.size - i;
    const V g = hn::Mul(scale, LoadUpTo(a.gradient + i, left));
    const V m = Fade(a.beta1, g, a.slots[0] + i, left);
    const V v = Fade(a.beta2, hn::Mul(g, g), a.slots[1] + i, left);
    const V below = hn::MulAdd(root, hn::Sqrt(v), epsilon);
    const V step = hn::Div(hn::Mul(ahead, m), below);
    const V p = LoadUpTo(a.parameters + i, left);
    StoreUpTo(hn::MulAdd(decay, p, step), a.slots[2] + i, left);
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
constexpr OptimizerKernels kOptimizerTable = {
    Sgd, Adam, Adamax, Rmsprop, Adagrad, Adadelta, Lion, Lamb, Average};

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
