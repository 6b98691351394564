#include "kernels/kernel_testing.h"

namespace mtlkit {
namespace {

constexpr Index kRows = 13;

std::vector<double> Widen(const Reals& x) {
  return {x.begin(), x.end()};
}

double MeanOf(const std::vector<double>& x, Index first, Index step,
              Index count) {
  double sum = 0;
  for (Index i = 0; i < count; ++i) {
    sum += x[static_cast<std::size_t>(first + i * step)];
  }
  return sum / static_cast<double>(count);
}

double VarianceOf(const std::vector<double>& x, Index first, Index step,
                  Index count) {
  const double mean = MeanOf(x, first, step, count);
  std::vector<double> square;
  for (Index i = 0; i < count; ++i) {
    const double gap = x[static_cast<std::size_t>(first + i * step)] - mean;
    square.push_back(gap * gap);
  }
  return MeanOf(square, 0, 1, count);
}

struct NormCase {
  Index cols;
  Reals x, scale, shift, dy;
  explicit NormCase(Index width)
      : cols(width),
        x(Noise(kRows * width, 1)),
        scale(Noise(width, 2)),
        shift(Noise(width, 3)),
        dy(Noise(kRows * width, 4)) {}
};

// The normalised value at (r, c), over rows or over columns.
std::vector<double> LayerNormOf(const std::vector<double>& x,
                                const NormCase& one, double epsilon) {
  std::vector<double> y;
  for (Index r = 0; r < kRows; ++r) {
    const double mean = MeanOf(x, r * one.cols, 1, one.cols);
    const double variance = VarianceOf(x, r * one.cols, 1, one.cols);
    for (Index c = 0; c < one.cols; ++c) {
      const auto at = static_cast<std::size_t>(r * one.cols + c);
      const auto col = static_cast<std::size_t>(c);
      y.push_back((x[at] - mean) / std::sqrt(variance + epsilon) *
                      static_cast<double>(one.scale[col]) +
                  static_cast<double>(one.shift[col]));
    }
  }
  return y;
}

std::vector<double> BatchNormOf(const std::vector<double>& x,
                                const NormCase& one, double epsilon) {
  std::vector<double> y(x.size());
  for (Index c = 0; c < one.cols; ++c) {
    const double mean = MeanOf(x, c, one.cols, kRows);
    const double variance = VarianceOf(x, c, one.cols, kRows);
    const auto col = static_cast<std::size_t>(c);
    for (Index r = 0; r < kRows; ++r) {
      const auto at = static_cast<std::size_t>(r * one.cols + c);
      y[at] = (x[at] - mean) / std::sqrt(variance + epsilon) *
                  static_cast<double>(one.scale[col]) +
              static_cast<double>(one.shift[col]);
    }
  }
  return y;
}

// d <dy, f(x)> / dx by central differences of the double formula.
template <class Function>
Reals Slopes(const NormCase& one, Function f) {
  const double step = 1e-5;
  Reals slopes;
  std::vector<double> x = Widen(one.x);
  const auto weigh = [&](const std::vector<double>& y) {
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      sum += y[i] * static_cast<double>(one.dy[i]);
    }
    return sum;
  };
  for (double& v : x) {
    const double old = v;
    v = old + step;
    const double high = weigh(f(x));
    v = old - step;
    const double low = weigh(f(x));
    v = old;
    slopes.push_back(static_cast<Real>((high - low) / (2 * step)));
  }
  return slopes;
}

LayerNormArgs LayerArgs(const NormCase& one) {
  LayerNormArgs args;
  args.x = one.x.data();
  args.x_stride = one.cols;
  args.rows = kRows;
  args.cols = one.cols;
  args.epsilon = Real(1e-5);
  args.scale = one.scale.data();
  args.shift = one.shift.data();
  args.dy = one.dy.data();
  args.dy_stride = one.cols;
  args.y_stride = args.dx_stride = one.cols;
  return args;
}

constexpr double kSlopeTolerance = sizeof(Real) == 4 ? 1e-5 : 1e-7;

TEST_CASE("layer norm and its gradient agree with differences") {
  for (const Index cols : {2, 16, 21, 40}) {
    CAPTURE(cols);
    const NormCase one(cols);
    const auto formula = [&](const std::vector<double>& x) {
      return LayerNormOf(x, one, static_cast<double>(Real(1e-5)));
    };
    const auto y = formula(Widen(one.x));
    CheckLevels(
        Reals(y.begin(), y.end()),
        [&](const Kernels& kernels) {
          Reals out(one.x.size());
          LayerNormArgs args = LayerArgs(one);
          args.y = out.data();
          kernels.layer_norm(args);
          return out;
        },
        5 * kTolerance);
    if (cols == 2) continue;  // the slope is all but 0 with two columns
    CheckLevels(
        Slopes(one, formula),
        [&](const Kernels& kernels) {
          Reals dx = one.dy;
          LayerNormArgs args = LayerArgs(one);
          args.dy = dx.data();
          args.dx = dx.data();
          kernels.layer_norm_gradient(args);
          return dx;
        },
        kSlopeTolerance);
  }
}

TEST_CASE("layer norm sums the gradients of scale and shift over rows") {
  const NormCase one(21);
  Reals plain_scale(21, 1);
  NormCase flat = one;
  flat.scale = plain_scale;
  flat.shift = Reals(21, 0);
  const auto normal =
      LayerNormOf(Widen(one.x), flat, static_cast<double>(Real(1e-5)));
  Reals expected(42, 0);
  for (std::size_t c = 0; c < 21; ++c) {
    double scale = 0;
    double shift = 0;
    for (std::size_t r = 0; r < kRows; ++r) {
      const auto g = static_cast<double>(one.dy[r * 21 + c]);
      scale += g * normal[r * 21 + c];
      shift += g;
    }
    expected[c] = static_cast<Real>(scale);
    expected[21 + c] = static_cast<Real>(shift);
  }
  CheckLevels(
      expected,
      [&](const Kernels& kernels) {
        Reals out(42, kNan);
        LayerNormArgs args = LayerArgs(one);
        args.dscale = out.data();
        args.dshift = out.data() + 21;
        kernels.layer_norm_gradient(args);
        return out;
      },
      5 * kTolerance);
}

struct Statistics {
  Reals mean;
  Reals inverse;
};

Statistics StatisticsOn(const Kernels& kernels, const NormCase& one) {
  const auto cols = static_cast<std::size_t>(one.cols);
  std::vector<double> mean(cols);
  std::vector<double> variance(cols);
  kernels.column_moments(one.x.data(), one.cols, kRows, one.cols, mean.data(),
                         variance.data());
  Statistics s;
  for (std::size_t c = 0; c < cols; ++c) {
    s.mean.push_back(static_cast<Real>(mean[c]));
    s.inverse.push_back(static_cast<Real>(1 / std::sqrt(variance[c] + 1e-5)));
  }
  return s;
}

BatchNormArgs BatchArgs(const NormCase& one, const Statistics& s) {
  BatchNormArgs args;
  args.x = one.x.data();
  args.x_stride = one.cols;
  args.rows = kRows;
  args.cols = one.cols;
  args.mean = s.mean.data();
  args.inverse_deviation = s.inverse.data();
  args.scale = one.scale.data();
  args.shift = one.shift.data();
  args.dy = one.dy.data();
  args.dy_stride = args.y_stride = args.dx_stride = one.cols;
  return args;
}

TEST_CASE("batch norm and its gradient agree with differences") {
  for (const Index cols : {1, 8, 19}) {
    CAPTURE(cols);
    const NormCase one(cols);
    const auto formula = [&](const std::vector<double>& x) {
      return BatchNormOf(x, one, 1e-5);
    };
    const auto y = formula(Widen(one.x));
    CheckLevels(
        Reals(y.begin(), y.end()),
        [&](const Kernels& kernels) {
          Reals out(one.x.size());
          const Statistics s = StatisticsOn(kernels, one);
          BatchNormArgs args = BatchArgs(one, s);
          args.y = out.data();
          kernels.batch_norm(args);
          return out;
        },
        5 * kTolerance);
    CheckLevels(
        Slopes(one, formula),
        [&](const Kernels& kernels) {
          Reals dx = one.dy;
          const Statistics s = StatisticsOn(kernels, one);
          BatchNormArgs args = BatchArgs(one, s);
          args.dy = dx.data();
          args.dx = dx.data();
          kernels.batch_norm_gradient(args);
          return dx;
        },
        kSlopeTolerance);
  }
}

TEST_CASE("with fixed statistics batch norm is a plain scaling") {
  const NormCase one(11);
  const Statistics s = StatisticsOn(*SupportedKernels()[0], one);
  Reals expected;
  for (std::size_t i = 0; i < one.dy.size(); ++i) {
    expected.push_back(one.dy[i] * one.scale[i % 11] * s.inverse[i % 11]);
  }
  CheckLevels(expected, [&](const Kernels& kernels) {
    Reals dx(one.dy.size());
    BatchNormArgs args = BatchArgs(one, s);
    args.fixed = true;
    args.dx = dx.data();
    kernels.batch_norm_gradient(args);
    return dx;
  });
}

}  // namespace
}  // namespace mtlkit
