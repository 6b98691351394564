#include <numbers>

#include "kernels/kernel_testing.h"

namespace mtlkit {
namespace {

struct Unit {
  Activation activation;
  double shape;
  double (*value)(double x, double shape);
};

double Sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

double GeluTanh(double x) {
  const double inner = x + 0.044715 * x * x * x;
  return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * inner));
}

const Unit kUnits[] = {
    {Activation::kIdentity, 0, [](double x, double) { return x; }},
    {Activation::kRelu, 0, [](double x, double) { return x < 0 ? 0 : x; }},
    {Activation::kLeakyRelu, 0.2,
     [](double x, double slope) { return x <= 0 ? slope * x : x; }},
    {Activation::kElu, 0.5,
     [](double x, double a) { return x <= 0 ? a * std::expm1(x) : x; }},
    {Activation::kGelu, 0,
     [](double x, double) {
       return 0.5 * x * std::erfc(-x / std::numbers::sqrt2);
     }},
    {Activation::kGeluTanh, 0, [](double x, double) { return GeluTanh(x); }},
    {Activation::kSilu, 0, [](double x, double) { return x * Sigmoid(x); }},
    {Activation::kTanh, 0, [](double x, double) { return std::tanh(x); }},
    {Activation::kSigmoid, 0, [](double x, double) { return Sigmoid(x); }},
    {Activation::kSoftplus, 0,
     [](double x, double) {
       return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
     }},
};

// Noise in [-8, 8) and a few far numbers; none at a kink.
Reals Inputs() {
  Reals x = Noise(83, 1);
  for (Real& v : x) v *= 8;
  for (const double far : {-100.0, -25.0, 25.0, 100.0, 1e-3, -1e-3}) {
    x.push_back(static_cast<Real>(far));
  }
  return x;
}

TEST_CASE("activations have the values of their formulas on every level") {
  const Reals x = Inputs();
  for (const Unit& unit : kUnits) {
    CAPTURE(static_cast<int>(unit.activation));
    Reals expected;
    for (const Real v : x) {
      const double value = unit.value(static_cast<double>(v), unit.shape);
      expected.push_back(static_cast<Real>(value));
    }
    CheckLevels(expected, [&](const Kernels& kernels) {
      Reals y = x;
      kernels.activate(unit.activation, static_cast<Real>(unit.shape), y.data(),
                       y.data(), static_cast<Index>(y.size()));
      return y;
    });
  }
}

TEST_CASE("value and slope at once are those of the single functions") {
  const Reals x = Inputs();
  const auto size = static_cast<Index>(x.size());
  const Reals ones(x.size(), 1);
  for (const Unit& unit : kUnits) {
    CAPTURE(static_cast<int>(unit.activation));
    const Real shape = static_cast<Real>(unit.shape);
    for (const Kernels* kernels : SupportedKernels()) {
      Reals value(x.size());
      Reals slope(x.size());
      kernels->activate(unit.activation, shape, x.data(), value.data(), size);
      kernels->activate_gradient(unit.activation, shape, x.data(), ones.data(),
                                 slope.data(), size);
      Reals both = x;
      Reals slopes(x.size());
      kernels->activate_with_slope(unit.activation, shape, both.data(),
                                   both.data(), slopes.data(), size);
      CHECK(SameBits(both, value));
      CHECK(SameBits(slopes, slope));
    }
  }
}

TEST_CASE("activation gradients are the slopes of the formulas") {
  const Reals x = Inputs();
  const Reals dy = Noise(static_cast<Index>(x.size()), 2);
  for (const Unit& unit : kUnits) {
    CAPTURE(static_cast<int>(unit.activation));
    Reals expected;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const auto at = static_cast<double>(x[i]);
      const double step = 1e-5;
      const double slope = (unit.value(at + step, unit.shape) -
                            unit.value(at - step, unit.shape)) /
                           (2 * step);
      expected.push_back(static_cast<Real>(slope * static_cast<double>(dy[i])));
    }
    CheckLevels(
        expected,
        [&](const Kernels& kernels) {
          Reals dx = dy;
          kernels.activate_gradient(
              unit.activation, static_cast<Real>(unit.shape), x.data(),
              dx.data(), dx.data(), static_cast<Index>(dx.size()));
          return dx;
        },
        sizeof(Real) == 4 ? 3e-6 : 1e-9);
  }
}

TEST_CASE("at a kink the slope is that of the side below") {
  for (const Kernels* kernels : SupportedKernels()) {
    Reals dx(3);
    const Reals x = {0, 0, 0};
    const Reals dy = {1, 1, 1};
    kernels->activate_gradient(Activation::kRelu, 0, x.data(), dy.data(),
                               dx.data(), 3);
    CHECK(dx == Reals{0, 0, 0});
    kernels->activate_gradient(Activation::kLeakyRelu, Real(0.25), x.data(),
                               dy.data(), dx.data(), 3);
    CHECK(dx == Reals{0.25, 0.25, 0.25});
  }
}

TEST_CASE("activations keep NaN and have their limits at infinity") {
  const Reals x = {kNan, kInfinite, -kInfinite};
  const struct {
    Activation activation;
    Reals expected;
  } cases[] = {
      {Activation::kRelu, {kNan, kInfinite, 0}},
      {Activation::kElu, {kNan, kInfinite, -1}},
      {Activation::kTanh, {kNan, 1, -1}},
      {Activation::kSigmoid, {kNan, 1, 0}},
      {Activation::kSoftplus, {kNan, kInfinite, 0}},
  };
  for (const auto& one : cases) {
    CAPTURE(static_cast<int>(one.activation));
    CheckLevels(one.expected, [&](const Kernels& kernels) {
      Reals y(3);
      kernels.activate(one.activation, 1, x.data(), y.data(), 3);
      return y;
    });
  }
}

struct Special {
  MathFunction function;
  double (*reference)(double);
  double low;
  double high;
};

const Special kSpecials[] = {
    {MathFunction::kExp, [](double x) { return std::exp(x); }, -80, 80},
    {MathFunction::kLog, [](double x) { return std::log(x); }, 1e-30, 1e30},
    {MathFunction::kLog1p, [](double x) { return std::log1p(x); }, -0.99, 50},
    {MathFunction::kTanh, [](double x) { return std::tanh(x); }, -12, 12},
    {MathFunction::kSigmoid, Sigmoid, -40, 40},
    {MathFunction::kErf, [](double x) { return std::erf(x); }, -6, 6},
};

Reals MapOn(const Kernels& kernels, MathFunction function, const Reals& x) {
  Reals y(x.size());
  kernels.map(function, x.data(), y.data(), static_cast<Index>(x.size()));
  return y;
}

TEST_CASE("special functions are accurate over their range") {
  for (const Special& special : kSpecials) {
    CAPTURE(static_cast<int>(special.function));
    Reals x = Noise(501, 5);
    Reals expected;
    for (Real& v : x) {
      const double unit = (static_cast<double>(v) + 1) / 2;
      v = static_cast<Real>(special.low + unit * (special.high - special.low));
      expected.push_back(
          static_cast<Real>(special.reference(static_cast<double>(v))));
    }
    CheckLevels(expected, [&](const Kernels& kernels) {
      return MapOn(kernels, special.function, x);
    });
  }
}

TEST_CASE("special functions have the special values of the C library") {
  const Reals x = {kNan, kInfinite, -kInfinite, 0, -1, -2, -200, 200};
  for (const Special& special : kSpecials) {
    CAPTURE(static_cast<int>(special.function));
    Reals expected;
    for (const Real v : x) {
      const double value = special.reference(static_cast<double>(v));
      expected.push_back(static_cast<Real>(value));
    }
    CheckLevels(expected, [&](const Kernels& kernels) {
      return MapOn(kernels, special.function, x);
    });
  }
}

}  // namespace
}  // namespace mtlkit
