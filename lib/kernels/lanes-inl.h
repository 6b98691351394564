// Sixteen virtual lanes, whatever the width of a vector, and one tree to add
// them up: so that a sum has the same bits on every level. Included once per
// level.
#if defined(MTLKIT_LANES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MTLKIT_LANES_INL_H_
#undef MTLKIT_LANES_INL_H_
#else
#define MTLKIT_LANES_INL_H_
#endif

#include "kernels/tails-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mtlkit {
namespace HWY_NAMESPACE {

constexpr Index kVirtualLanes = 16;

// Lane i takes in lane i + 8, then i + 4, i + 2, i + 1.
template <class T, class Combine>
HWY_INLINE T FoldLanes(T* lanes, Combine combine) {
  for (Index half = kVirtualLanes / 2; half > 0; half /= 2) {
    for (Index i = 0; i < half; ++i) {
      lanes[i] = combine(lanes[i], lanes[i + half]);
    }
  }
  return lanes[0];
}

template <class T>
HWY_INLINE T SumLanes(T* lanes) {
  return FoldLanes(lanes, [](T a, T b) { return a + b; });
}

// Sixteen lanes of Real.
struct Lanes16 {
  static constexpr int kVectors = static_cast<int>(kVirtualLanes / kLanes);
  V v[kVectors];

  static HWY_INLINE Lanes16 Set(Real value) {
    Lanes16 lanes;
    HWY_UNROLL(16)
    for (int i = 0; i < kVectors; ++i) lanes.v[i] = hn::Set(kD, value);
    return lanes;
  }

  // The first `count` of sixteen, `rest` behind them.
  static HWY_INLINE Lanes16 Load(const Real* from, Index count, Real rest) {
    Lanes16 lanes;
    if (count >= kVirtualLanes) {
      HWY_UNROLL(16)
      for (int i = 0; i < kVectors; ++i) {
        lanes.v[i] = hn::LoadU(kD, from + i * kLanes);
      }
      return lanes;
    }
    HWY_ALIGN Real buffer[kVirtualLanes];
    for (Index i = 0; i < kVirtualLanes; ++i) {
      buffer[i] = i < count ? from[i] : rest;
    }
    HWY_UNROLL(16)
    for (int i = 0; i < kVectors; ++i) {
      lanes.v[i] = hn::Load(kD, buffer + i * kLanes);
    }
    return lanes;
  }

  HWY_INLINE void Store(Real* to, Index count) const {
    HWY_UNROLL(16)
    for (int i = 0; i < kVectors; ++i) {
      const Index left = count - i * kLanes;
      if (left > 0) StoreUpTo(v[i], to + i * kLanes, left);
    }
  }

  template <class Function>
  HWY_INLINE Lanes16 Map(Function f) const {
    Lanes16 lanes;
    HWY_UNROLL(16)
    for (int i = 0; i < kVectors; ++i) lanes.v[i] = f(v[i]);
    return lanes;
  }

  template <class Function>
  HWY_INLINE Lanes16 With(const Lanes16& other, Function f) const {
    Lanes16 lanes;
    HWY_UNROLL(16)
    for (int i = 0; i < kVectors; ++i) lanes.v[i] = f(v[i], other.v[i]);
    return lanes;
  }

  HWY_INLINE Lanes16 operator+(const Lanes16& other) const {
    return With(other, [](V a, V b) { return hn::Add(a, b); });
  }

  HWY_INLINE Real Sum() const {
    HWY_ALIGN Real lanes[kVirtualLanes];
    Store(lanes, kVirtualLanes);
    return SumLanes(lanes);
  }

  // NaN where any lane is NaN.
  HWY_INLINE Real Max() const {
    HWY_ALIGN Real lanes[kVirtualLanes];
    Store(lanes, kVirtualLanes);
    return FoldLanes(lanes, [](Real a, Real b) { return a > b ? a : b; });
  }
};

// Sixteen lanes of double.
using DoubleTag = hn::ScalableTag<double>;
using DoubleVec = hn::Vec<DoubleTag>;
constexpr DoubleTag kDouble;
constexpr Index kDoubleLanes = static_cast<Index>(hn::MaxLanes(kDouble));

HWY_INLINE DoubleVec LoadDouble(const Real* from) {
#ifdef MTLKIT_REAL64
  return hn::LoadU(kDouble, from);
#else
  const hn::Rebind<float, DoubleTag> narrow;
  return hn::PromoteTo(kDouble, hn::LoadU(narrow, from));
#endif
}

// The first `count` elements, 0 behind them.
HWY_INLINE DoubleVec LoadDoubleUpTo(const Real* from, Index count) {
  if (count >= kDoubleLanes) return LoadDouble(from);
  HWY_ALIGN Real buffer[kDoubleLanes];
  for (Index i = 0; i < kDoubleLanes; ++i) buffer[i] = i < count ? from[i] : 0;
  return LoadDouble(buffer);
}

struct DoubleLanes16 {
  static constexpr int kVectors =
      static_cast<int>(kVirtualLanes / kDoubleLanes);
  DoubleVec v[kVectors];

  HWY_INLINE DoubleLanes16() {
    HWY_UNROLL(16)
    for (int i = 0; i < kVectors; ++i) v[i] = hn::Zero(kDouble);
  }

  HWY_INLINE double Sum() const {
    HWY_ALIGN double lanes[kVirtualLanes];
    HWY_UNROLL(16)
    for (int i = 0; i < kVectors; ++i) {
      hn::Store(v[i], kDouble, lanes + i * kDoubleLanes);
    }
    return SumLanes(lanes);
  }
};

// Adds x and y, lane by lane, over whole groups of sixteen and a last part;
// `add` is (sum, x, y) -> sum.
template <class Add>
HWY_INLINE double ReduceDouble(const Real* x, const Real* y, Index size,
                               Add add) {
  DoubleLanes16 sums;
  Index i = 0;
  for (; i + kVirtualLanes <= size; i += kVirtualLanes) {
    HWY_UNROLL(16)
    for (int j = 0; j < DoubleLanes16::kVectors; ++j) {
      const Index at = i + j * kDoubleLanes;
      sums.v[j] = add(sums.v[j], LoadDouble(x + at), LoadDouble(y + at));
    }
  }
  HWY_UNROLL(16)
  for (int j = 0; j < DoubleLanes16::kVectors; ++j) {
    const Index at = i + j * kDoubleLanes;
    if (at < size) {
      sums.v[j] = add(sums.v[j], LoadDoubleUpTo(x + at, size - at),
                      LoadDoubleUpTo(y + at, size - at));
    }
  }
  return sums.Sum();
}

}  // namespace HWY_NAMESPACE
}  // namespace mtlkit
HWY_AFTER_NAMESPACE();

#endif
