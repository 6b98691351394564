#include <cmath>
#include <numbers>

#include "kernels/levels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/activation_kernels.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mtlkit {
namespace HWY_NAMESPACE {
namespace {

constexpr Real kRootHalf = Real(std::numbers::sqrt2 / 2);
constexpr Real kDensityAtZero =
    Real(std::numbers::inv_sqrtpi * std::numbers::sqrt2 / 2);
// gelu's tanh form: tanh(kGeluRoot (x + kGeluCube x^3)).
constexpr Real kGeluRoot =
    Real(2 * std::numbers::inv_sqrtpi * std::numbers::sqrt2 / 2);
constexpr Real kGeluCube = Real(0.044715);

HWY_INLINE V Of(Real value) {
  return hn::Set(kD, value);
}

// Each activation: its value at x, and its derivative there; both at once where
// they have a costly part in common.
struct Both {
  V value;
  V slope;
};

struct Identity {
  V Value(V x) const { return x; }
  V Slope(V) const { return Of(1); }
};

struct Relu {
  V Value(V x) const { return hn::IfThenZeroElse(hn::Lt(x, hn::Zero(kD)), x); }
  V Slope(V x) const {
    return hn::IfThenZeroElse(hn::Le(x, hn::Zero(kD)), Of(1));
  }
};

struct LeakyRelu {
  V slope;
  V Value(V x) const {
    return hn::IfThenElse(hn::Le(x, hn::Zero(kD)), hn::Mul(slope, x), x);
  }
  V Slope(V x) const {
    return hn::IfThenElse(hn::Le(x, hn::Zero(kD)), slope, Of(1));
  }
};

// alpha (exp(x) - 1) below 0, where the difference is taken as
// tanh(x / 2) (exp(x) + 1), which does not cancel.
struct Elu {
  V alpha;
  V Value(V x) const {
    const V power = Exp(hn::Min(x, hn::Zero(kD)));
    const V half = Tanh(hn::Mul(Of(Real(0.5)), hn::Min(x, hn::Zero(kD))));
    const V below = hn::Mul(alpha, hn::Mul(half, hn::Add(power, Of(1))));
    return Keep(x, hn::IfThenElse(hn::Le(x, hn::Zero(kD)), below, x));
  }
  V Slope(V x) const {
    const V below = hn::Mul(alpha, Exp(hn::Min(x, hn::Zero(kD))));
    return Keep(x, hn::IfThenElse(hn::Le(x, hn::Zero(kD)), below, Of(1)));
  }
};

// x Phi(x); the derivative is Phi(x) + x phi(x).
struct Gelu {
  static V Phi(V x) {
    const V erf = Erf(hn::Mul(x, Of(kRootHalf)));
    return hn::MulAdd(Of(Real(0.5)), erf, Of(Real(0.5)));
  }
  V Value(V x) const { return hn::Mul(x, Phi(x)); }
  V Slope(V x) const { return Slope(x, Phi(x)); }
  Both ValueAndSlope(V x) const {
    const V phi = Phi(x);
    return {hn::Mul(x, phi), Slope(x, phi)};
  }
  static V Slope(V x, V phi) {
    const V power = Exp(hn::Mul(Of(Real(-0.5)), hn::Mul(x, x)));
    return hn::MulAdd(hn::Mul(x, power), Of(kDensityAtZero), phi);
  }
};

struct GeluTanh {
  static V Inner(V x) {
    const V cube = hn::MulAdd(hn::Mul(x, x), Of(kGeluCube), Of(1));
    return Tanh(hn::Mul(hn::Mul(Of(kGeluRoot), x), cube));
  }
  V Value(V x) const {
    const V half = hn::Mul(Of(Real(0.5)), x);
    return hn::MulAdd(half, Inner(x), half);
  }
  V Slope(V x) const {
    const V inner = Inner(x);
    const V square = hn::Mul(x, x);
    const V outer =
        hn::Mul(Of(kGeluRoot), hn::MulAdd(square, Of(3 * kGeluCube), Of(1)));
    const V bend = hn::NegMulAdd(inner, inner, Of(1));
    const V curve = hn::Mul(hn::Mul(Of(Real(0.5)), x), hn::Mul(bend, outer));
    const V y = hn::MulAdd(Of(Real(0.5)), inner, hn::Add(Of(Real(0.5)), curve));
    // Far out the flat tail meets an overflowing x^3: the limit is 0 or 1.
    const V limit = hn::IfThenZeroElse(hn::Le(x, hn::Zero(kD)), Of(1));
    return Keep(x, hn::IfThenElse(hn::Gt(hn::Abs(x), Of(20)), limit, y));
  }
};

struct Silu {
  V Value(V x) const { return hn::Mul(x, Sigmoid(x)); }
  V Slope(V x) const { return ValueAndSlope(x).slope; }
  Both ValueAndSlope(V x) const {
    const V s = Sigmoid(x);
    const V y = hn::Mul(x, s);
    return {y, hn::MulAdd(y, hn::Sub(Of(1), s), s)};
  }
};

struct TanhUnit {
  V Value(V x) const { return Tanh(x); }
  V Slope(V x) const { return ValueAndSlope(x).slope; }
  Both ValueAndSlope(V x) const {
    const V y = Tanh(x);
    return {y, hn::NegMulAdd(y, y, Of(1))};
  }
};

struct SigmoidUnit {
  V Value(V x) const { return Sigmoid(x); }
  V Slope(V x) const { return ValueAndSlope(x).slope; }
  Both ValueAndSlope(V x) const {
    const V y = Sigmoid(x);
    return {y, hn::Mul(y, hn::Sub(Of(1), y))};
  }
};

struct SoftplusUnit {
  V Value(V x) const { return Softplus(x); }
  V Slope(V x) const { return Sigmoid(x); }
};

template <class Function>
void Apply(const Real* x, Real* y, Index size, Function function) {
  Index i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    hn::StoreU(function(hn::LoadU(kD, x + i)), kD, y + i);
  }
  if (i < size) {
    StorePart(function(LoadPart(x + i, size - i)), y + i, size - i);
  }
}

// Calls `use` with the unit that `f` names.
template <class Use>
void WithUnit(Activation f, Real shape, Use use) {
  switch (f) {
    case Activation::kIdentity:
      return use(Identity{});
    case Activation::kRelu:
      return use(Relu{});
    case Activation::kLeakyRelu:
      return use(LeakyRelu{Of(shape)});
    case Activation::kElu:
      return use(Elu{Of(shape)});
    case Activation::kGelu:
      return use(Gelu{});
    case Activation::kGeluTanh:
      return use(GeluTanh{});
    case Activation::kSilu:
      return use(Silu{});
    case Activation::kTanh:
      return use(TanhUnit{});
    case Activation::kSigmoid:
      return use(SigmoidUnit{});
    case Activation::kSoftplus:
      return use(SoftplusUnit{});
  }
}

void Activate(Activation f, Real shape, const Real* x, Real* y,
              Index size) noexcept {
  WithUnit(f, shape, [=](auto unit) {
    Apply(x, y, size, [unit](V v) { return unit.Value(v); });
  });
}

void ActivateGradient(Activation f, Real shape, const Real* x, const Real* dy,
                      Real* dx, Index size) noexcept {
  WithUnit(f, shape, [=](auto unit) {
    for (Index i = 0; i < size; i += kLanes) {
      const V v = LoadUpTo(x + i, size - i);
      const V g = LoadUpTo(dy + i, size - i);
      StoreUpTo(hn::Mul(g, unit.Slope(v)), dx + i, size - i);
    }
  });
}

template <class Unit>
HWY_INLINE Both ValueAndSlope(const Unit& unit, V x) {
  if constexpr (requires { unit.ValueAndSlope(x); }) {
    return unit.ValueAndSlope(x);
  } else {
    return {unit.Value(x), unit.Slope(x)};
  }
}

void ActivateWithSlope(Activation f, Real shape, const Real* x, Real* y,
                       Real* slope, Index size) noexcept {
  WithUnit(f, shape, [=](auto unit) {
    for (Index i = 0; i < size; i += kLanes) {
      const Both both = ValueAndSlope(unit, LoadUpTo(x + i, size - i));
      StoreUpTo(both.value, y + i, size - i);
      StoreUpTo(both.slope, slope + i, size - i);
    }
  });
}

void Map(MathFunction f, const Real* x, Real* y, Index size) noexcept {
  switch (f) {
    case MathFunction::kExp:
      return Apply(x, y, size, [](V v) { return Exp(v); });
    case MathFunction::kLog:
      return Apply(x, y, size, [](V v) { return Log(v); });
    case MathFunction::kLog1p:
      return Apply(x, y, size, [](V v) { return Log1p(v); });
    case MathFunction::kTanh:
      return Apply(x, y, size, [](V v) { return Tanh(v); });
    case MathFunction::kSigmoid:
      return Apply(x, y, size, [](V v) { return Sigmoid(v); });
    case MathFunction::kErf:
      return Apply(x, y, size, [](V v) { return Erf(v); });
  }
}

}  // namespace

extern const ActivationKernels kActivationTable;
constexpr ActivationKernels kActivationTable = {Activate, ActivateGradient,
                                                ActivateWithSlope, Map};

}  // namespace HWY_NAMESPACE
}  // namespace mtlkit
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mtlkit {

const ActivationKernels* ActivationKernelsOf(Level level) {
  MTLKIT_CHOOSE_LEVEL(level, kActivationTable);
}

}  // namespace mtlkit
#endif
