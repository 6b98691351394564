#include "kernels/levels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/reduce_kernels.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/gram-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mtlkit {
namespace HWY_NAMESPACE {
namespace {

double Sum(const Real* x, Index size) noexcept {
  return ReduceDouble(x, x, size, [](DoubleVec sum, DoubleVec a, DoubleVec) {
    return hn::Add(sum, a);
  });
}

double Dot(const Real* x, const Real* y, Index size) noexcept {
  return ReduceDouble(x, y, size, [](DoubleVec sum, DoubleVec a, DoubleVec b) {
    return hn::MulAdd(a, b, sum);
  });
}

bool Finite(const Real* x, Index size) noexcept {
  // x - x is 0 for finite numbers, NaN for others.
  V sum = hn::Zero(kD);
  for (Index i = 0; i < size; i += kLanes) {
    const V v = LoadUpTo(x + i, size - i);
    sum = hn::Add(sum, hn::Sub(v, v));
  }
  return hn::AllTrue(kD, hn::Eq(sum, sum));
}

void ColumnSums(const Real* y, Index stride, Index rows, Index cols,
                Real* sums) noexcept {
  // Four vectors at once, so that the additions of one row are independent.
  for (Index c = 0; c < cols; c += 4 * kLanes) {
    V four[4];
    HWY_UNROLL(4)
    for (int j = 0; j < 4; ++j) four[j] = hn::Zero(kD);
    if (c + 4 * kLanes <= cols) {
      for (Index r = 0; r < rows; ++r) {
        const Real* row = y + r * stride + c;
        HWY_UNROLL(4)
        for (int j = 0; j < 4; ++j) {
          four[j] = hn::Add(four[j], hn::LoadU(kD, row + j * kLanes));
        }
      }
    } else {
      for (Index r = 0; r < rows; ++r) {
        const Real* row = y + r * stride + c;
        HWY_UNROLL(4)
        for (int j = 0; j < 4; ++j) {
          const Index left = cols - c - j * kLanes;
          if (left > 0) {
            four[j] = hn::Add(four[j], LoadUpTo(row + j * kLanes, left));
          }
        }
      }
    }
    HWY_UNROLL(4)
    for (int j = 0; j < 4; ++j) {
      const Index left = cols - c - j * kLanes;
      if (left > 0) StoreUpTo(four[j], sums + c + j * kLanes, left);
    }
  }
}

void GramianOfRows(const Real* g, Index stride, Index lanes, Index size,
                   double* gram) noexcept {
  AddGram({g, g, stride, lanes, size}, gram);
}

void CombineRows(const Real* g, Index stride, Index lanes, Index size,
                 const double* weight, Real* out) noexcept {
  for (Index c = 0; c < size; c += kLanes) {
    const Index left = size - c;
    V sum = hn::Zero(kD);
    for (Index i = 0; i < lanes; ++i) {
      const V factor = hn::Set(kD, static_cast<Real>(weight[i]));
      sum = hn::MulAdd(factor, LoadUpTo(g + i * stride + c, left), sum);
    }
    StoreUpTo(sum, out + c, left);
  }
}

}  // namespace

extern const ReduceKernels kReduceTable;
constexpr ReduceKernels kReduceTable = {Sum,        Dot,           Finite,
                                        ColumnSums, GramianOfRows, CombineRows};

}  // namespace HWY_NAMESPACE
}  // namespace mtlkit
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mtlkit {

const ReduceKernels* ReduceKernelsOf(Level level) {
  MTLKIT_CHOOSE_LEVEL(level, kReduceTable);
}

}  // namespace mtlkit
#endif
