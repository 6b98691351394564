#include <cmath>

#include "kernels/levels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/norm_kernels.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mtlkit {
namespace HWY_NAMESPACE {
namespace {

HWY_INLINE V Of(Real value) {
  return hn::Set(kD, value);
}
HWY_INLINE V Narrow(double value) {
  return Of(static_cast<Real>(value));
}

HWY_INLINE V LoadOr(const Real* from, Index at, Index count, Real absent) {
  return from == nullptr ? Of(absent) : LoadUpTo(from + at, count);
}

// Sum of (x - mean)^2 of one row.
double SquaredGaps(const Real* x, Index cols, double mean) {
  const DoubleVec centre = hn::Set(kDouble, mean);
  DoubleLanes16 sums;
  for (Index c = 0; c < cols; c += kVirtualLanes) {
    HWY_UNROLL(16)
    for (int j = 0; j < DoubleLanes16::kVectors; ++j) {
      const Index at = c + j * kDoubleLanes;
      const Index left = cols - at;
      if (left <= 0) continue;
      DoubleVec gap = hn::Sub(LoadDoubleUpTo(x + at, left), centre);
      if (left < kDoubleLanes) {
        const auto count = static_cast<std::size_t>(left);
        gap = hn::IfThenElseZero(hn::FirstN(kDouble, count), gap);
      }
      sums.v[j] = hn::MulAdd(gap, gap, sums.v[j]);
    }
  }
  return sums.Sum();
}

struct Moments {
  V mean;
  V inverse_deviation;
};

Moments MomentsOf(const LayerNormArgs& a, Index row) {
  const Real* x = a.x + row * a.x_stride;
  const double count = static_cast<double>(a.cols);
  const double sum =
      ReduceDouble(x, x, a.cols, [](DoubleVec total, DoubleVec v, DoubleVec) {
        return hn::Add(total, v);
      });
  const double mean = sum / count;
  const double variance = SquaredGaps(x, a.cols, mean) / count;
  return {Narrow(mean),
          Narrow(1 / std::sqrt(variance + static_cast<double>(a.epsilon)))};
}

HWY_INLINE V Normal(const Moments& m, V x) {
  return hn::Mul(hn::Sub(x, m.mean), m.inverse_deviation);
}

void LayerNorm(const LayerNormArgs& a) noexcept {
  for (Index r = 0; r < a.rows; ++r) {
    const Moments m = MomentsOf(a, r);
    for (Index c = 0; c < a.cols; c += kLanes) {
      const Index left = a.cols - c;
      const V x = LoadUpTo(a.x + r * a.x_stride + c, left);
      const V y = hn::MulAdd(Normal(m, x), LoadOr(a.scale, c, left, 1),
                             LoadOr(a.shift, c, left, 0));
      StoreUpTo(y, a.y + r * a.y_stride + c, left);
    }
  }
}

// dscale += dy xhat and dshift += dy of one row.
void AddParameterGradient(const LayerNormArgs& a, const Moments& m, Index row) {
  for (Index c = 0; c < a.cols; c += kLanes) {
    const Index left = a.cols - c;
    const V g = LoadUpTo(a.dy + row * a.dy_stride + c, left);
    if (a.dscale != nullptr) {
      const V x = LoadUpTo(a.x + row * a.x_stride + c, left);
      const V sum = LoadUpTo(a.dscale + c, left);
      StoreUpTo(hn::MulAdd(g, Normal(m, x), sum), a.dscale + c, left);
    }
    if (a.dshift != nullptr) {
      StoreUpTo(hn::Add(LoadUpTo(a.dshift + c, left), g), a.dshift + c, left);
    }
  }
}

// dx = inverse_deviation (g - mean(g) - xhat mean(g xhat)), g = dy scale.
void LayerNormRow(const LayerNormArgs& a, const Moments& m, Index row) {
  const Real* x = a.x + row * a.x_stride;
  const Real* dy = a.dy + row * a.dy_stride;
  Lanes16 sum = Lanes16::Set(0);
  Lanes16 sum_normal = Lanes16::Set(0);
  const auto multiply = [](V p, V q) { return hn::Mul(p, q); };
  for (Index c = 0; c < a.cols; c += kVirtualLanes) {
    const Index left = a.cols - c;
    Lanes16 g = Lanes16::Load(dy + c, left, 0);
    if (a.scale != nullptr) {
      g = g.With(Lanes16::Load(a.scale + c, left, 0), multiply);
    }
    const Lanes16 normal =
        Lanes16::Load(x + c, left, 0).Map([&m](V v) { return Normal(m, v); });
    sum = sum + g;
    sum_normal = sum_normal + g.With(normal, multiply);
  }
  const Real count = static_cast<Real>(a.cols);
  const V mean = Of(sum.Sum() / count);
  const V mean_normal = Of(sum_normal.Sum() / count);
  for (Index c = 0; c < a.cols; c += kLanes) {
    const Index left = a.cols - c;
    const V g = hn::Mul(LoadUpTo(dy + c, left), LoadOr(a.scale, c, left, 1));
    const V normal = Normal(m, LoadUpTo(x + c, left));
    const V gap = hn::NegMulAdd(normal, mean_normal, hn::Sub(g, mean));
    StoreUpTo(hn::Mul(gap, m.inverse_deviation), a.dx + row * a.dx_stride + c,
              left);
  }
}

void LayerNormGradient(const LayerNormArgs& a) noexcept {
  for (Index c = 0; c < a.cols; ++c) {
    if (a.dscale != nullptr) a.dscale[c] = 0;
    if (a.dshift != nullptr) a.dshift[c] = 0;
  }
  for (Index r = 0; r < a.rows; ++r) {
    const Moments m = MomentsOf(a, r);
    AddParameterGradient(a, m, r);
    if (a.dx != nullptr) LayerNormRow(a, m, r);
  }
}

template <class T>
void StoreDouble(DoubleVec v, T* to, Index count) {
  HWY_ALIGN double buffer[kDoubleLanes];
  hn::Store(v, kDouble, buffer);
  for (Index i = 0; i < Smaller(count, kDoubleLanes); ++i) {
    to[i] = static_cast<T>(buffer[i]);
  }
}

void ColumnMoments(const Real* x, Index x_stride, Index rows, Index cols,
                   double* mean, double* variance) noexcept {
  const DoubleVec share = hn::Set(kDouble, 1 / static_cast<double>(rows));
  for (Index c = 0; c < cols; c += kDoubleLanes) {
    const Index left = cols - c;
    DoubleVec sum = hn::Zero(kDouble);
    for (Index r = 0; r < rows; ++r) {
      sum = hn::Add(sum, LoadDoubleUpTo(x + r * x_stride + c, left));
    }
    const DoubleVec centre = hn::Mul(sum, share);
    DoubleVec square = hn::Zero(kDouble);
    for (Index r = 0; r < rows; ++r) {
      const DoubleVec gap =
          hn::Sub(LoadDoubleUpTo(x + r * x_stride + c, left), centre);
      square = hn::MulAdd(gap, gap, square);
    }
    StoreDouble(centre, mean + c, left);
    StoreDouble(hn::Mul(square, share), variance + c, left);
  }
}

void BatchNorm(const BatchNormArgs& a) noexcept {
  for (Index r = 0; r < a.rows; ++r) {
    for (Index c = 0; c < a.cols; c += kLanes) {
      const Index left = a.cols - c;
      const Moments m = {LoadUpTo(a.mean + c, left),
                         LoadUpTo(a.inverse_deviation + c, left)};
      const V x = LoadUpTo(a.x + r * a.x_stride + c, left);
      const V y = hn::MulAdd(Normal(m, x), LoadOr(a.scale, c, left, 1),
                             LoadOr(a.shift, c, left, 0));
      StoreUpTo(y, a.y + r * a.y_stride + c, left);
    }
  }
}

struct ColumnSlopes {
  DoubleVec plain;   // sum of dy
  DoubleVec normal;  // sum of dy xhat
};

ColumnSlopes SumSlopes(const BatchNormArgs& a, Index col) {
  const Index left = a.cols - col;
  const DoubleVec mean = LoadDoubleUpTo(a.mean + col, left);
  const DoubleVec scale = LoadDoubleUpTo(a.inverse_deviation + col, left);
  ColumnSlopes sums = {hn::Zero(kDouble), hn::Zero(kDouble)};
  for (Index r = 0; r < a.rows; ++r) {
    const DoubleVec g = LoadDoubleUpTo(a.dy + r * a.dy_stride + col, left);
    const DoubleVec x = LoadDoubleUpTo(a.x + r * a.x_stride + col, left);
    sums.plain = hn::Add(sums.plain, g);
    sums.normal = hn::MulAdd(g, hn::Mul(hn::Sub(x, mean), scale), sums.normal);
  }
  return sums;
}

// dx of all rows for up to kDoubleLanes columns.
void BatchNormColumns(const BatchNormArgs& a, const ColumnSlopes& sums,
                      Index col) {
  HWY_ALIGN Real mean_slope[kDoubleLanes];
  HWY_ALIGN Real mean_normal[kDoubleLanes];
  const Index count = Smaller(kDoubleLanes, a.cols - col);
  const double share = a.fixed ? 0 : 1 / static_cast<double>(a.rows);
  const DoubleVec factor = hn::Set(kDouble, share);
  StoreDouble(hn::Mul(sums.plain, factor), mean_slope, count);
  StoreDouble(hn::Mul(sums.normal, factor), mean_normal, count);
  for (Index r = 0; r < a.rows; ++r) {
    const Real* x = a.x + r * a.x_stride + col;
    const Real* dy = a.dy + r * a.dy_stride + col;
    Real* dx = a.dx + r * a.dx_stride + col;
    for (Index i = 0; i < count; ++i) {
      const Real inverse = a.inverse_deviation[col + i];
      const Real normal = (x[i] - a.mean[col + i]) * inverse;
      const Real scale = a.scale == nullptr ? Real{1} : a.scale[col + i];
      const Real slope = dy[i] - mean_slope[i] - normal * mean_normal[i];
      dx[i] = scale * inverse * slope;
    }
  }
}

void BatchNormGradient(const BatchNormArgs& a) noexcept {
  for (Index c = 0; c < a.cols; c += kDoubleLanes) {
    const Index left = a.cols - c;
    const ColumnSlopes sums = SumSlopes(a, c);
    if (a.dscale != nullptr) StoreDouble(sums.normal, a.dscale + c, left);
    if (a.dshift != nullptr) StoreDouble(sums.plain, a.dshift + c, left);
    if (a.dx != nullptr) BatchNormColumns(a, sums, c);
  }
}

}  // namespace

extern const NormKernels kNormTable;
constexpr NormKernels kNormTable = {LayerNorm, LayerNormGradient, ColumnMoments,
                                    BatchNorm, BatchNormGradient};

}  // namespace HWY_NAMESPACE
}  // namespace mtlkit
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mtlkit {

const NormKernels* NormKernelsOf(Level level) {
  MTLKIT_CHOOSE_LEVEL(level, kNormTable);
}

}  // namespace mtlkit
#endif
