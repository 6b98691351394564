// The vector of a level, and loads and stores of part of one. Included once per
// level, after hwy/highway.h; no include guard of its own beyond Highway's
// toggle.
#if defined(MTLKIT_TAILS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MTLKIT_TAILS_INL_H_
#undef MTLKIT_TAILS_INL_H_
#else
#define MTLKIT_TAILS_INL_H_
#endif

#include "base/view.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace mtlkit {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<Real>;
using V = hn::Vec<D>;

constexpr D kD;
constexpr Index kLanes = static_cast<Index>(hn::MaxLanes(kD));

// std::min would be one function for all levels after linking.
HWY_INLINE Index Smaller(Index a, Index b) {
  return a < b ? a : b;
}

// The first `count` elements, 0 behind them; touches nothing past them. Needs
// 0 < count <= kLanes.
HWY_INLINE V LoadPart(const Real* from, Index count) {
#if HWY_TARGET == HWY_AVX3
  return hn::MaskedLoad(hn::FirstN(kD, static_cast<std::size_t>(count)), kD,
                        from);
#else
  HWY_ALIGN Real buffer[kLanes] = {};
  for (Index i = 0; i < count; ++i) buffer[i] = from[i];
  return hn::Load(kD, buffer);
#endif
}

HWY_INLINE void StorePart(V v, Real* to, Index count) {
#if HWY_TARGET == HWY_AVX3
  hn::BlendedStore(v, hn::FirstN(kD, static_cast<std::size_t>(count)), kD, to);
#else
  HWY_ALIGN Real buffer[kLanes];
  hn::Store(v, kD, buffer);
  for (Index i = 0; i < count; ++i) to[i] = buffer[i];
#endif
}

// The same, where `count` may be more than a vector.
HWY_INLINE V LoadUpTo(const Real* from, Index count) {
  return count >= kLanes ? hn::LoadU(kD, from) : LoadPart(from, count);
}

HWY_INLINE void StoreUpTo(V v, Real* to, Index count) {
  if (count >= kLanes) {
    hn::StoreU(v, kD, to);
  } else {
    StorePart(v, to, count);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace mtlkit
HWY_AFTER_NAMESPACE();

#endif
