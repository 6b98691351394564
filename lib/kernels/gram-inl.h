// Inner products of several rows with each other, in double. Included once per
// level.
#if defined(MTLKIT_GRAM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MTLKIT_GRAM_INL_H_
#undef MTLKIT_GRAM_INL_H_
#else
#define MTLKIT_GRAM_INL_H_
#endif

#include "kernels/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mtlkit {
namespace HWY_NAMESPACE {

// Eight virtual lanes a pair; pairs are taken in square blocks, so that each
// number is loaded and widened once for several of them.
constexpr Index kGramLanes = 8;
constexpr int kGramVectors = static_cast<int>(kGramLanes / kDoubleLanes);
#if HWY_TARGET == HWY_AVX3
constexpr int kGramBlock = 4;
#elif HWY_TARGET == HWY_AVX2
constexpr int kGramBlock = 2;
#else
constexpr int kGramBlock = 1;
#endif

// Two sets of rows with a symmetric matrix of inner products; they may be one.
struct GramRows {
  const Real* left;
  const Real* right;
  Index stride;
  Index lanes;
  Index size;

  const Real* Left(Index i) const {
    return left + Smaller(i, lanes - 1) * stride;
  }
  const Real* Right(Index i) const {
    return right + Smaller(i, lanes - 1) * stride;
  }
};

// Adds the inner products of left rows [i, i + block) with right rows
// [j, j + block), for i >= j, to both halves of gram. Rows past the last
// repeat it and are dropped.
HWY_INLINE void AddGramBlock(const GramRows& rows, Index i, Index j,
                             double* gram) {
  DoubleVec sums[kGramBlock][kGramBlock][kGramVectors];
  HWY_UNROLL(4)
  for (int a = 0; a < kGramBlock; ++a) {
    HWY_UNROLL(4)
    for (int b = 0; b < kGramBlock; ++b) {
      HWY_UNROLL(8)
      for (int v = 0; v < kGramVectors; ++v) sums[a][b][v] = hn::Zero(kDouble);
    }
  }
  for (Index c = 0; c < rows.size; c += kGramLanes) {
    HWY_UNROLL(8)
    for (int v = 0; v < kGramVectors; ++v) {
      const Index at = c + v * kDoubleLanes;
      if (at >= rows.size) continue;
      const Index left = rows.size - at;
      DoubleVec right[kGramBlock];
      HWY_UNROLL(4)
      for (int b = 0; b < kGramBlock; ++b) {
        right[b] = LoadDoubleUpTo(rows.Right(j + b) + at, left);
      }
      HWY_UNROLL(4)
      for (int a = 0; a < kGramBlock; ++a) {
        const DoubleVec own = LoadDoubleUpTo(rows.Left(i + a) + at, left);
        HWY_UNROLL(4)
        for (int b = 0; b < kGramBlock; ++b) {
          sums[a][b][v] = hn::MulAdd(own, right[b], sums[a][b][v]);
        }
      }
    }
  }
  for (int a = 0; a < kGramBlock; ++a) {
    for (int b = 0; b < kGramBlock; ++b) {
      const Index row = i + a;
      const Index col = j + b;
      if (row >= rows.lanes || col > row) continue;
      HWY_ALIGN double lanes[kGramLanes];
      HWY_UNROLL(8)
      for (int v = 0; v < kGramVectors; ++v) {
        hn::Store(sums[a][b][v], kDouble, lanes + v * kDoubleLanes);
      }
      for (Index half = kGramLanes / 2; half > 0; half /= 2) {
        for (Index l = 0; l < half; ++l) lanes[l] += lanes[l + half];
      }
      gram[row * rows.lanes + col] += lanes[0];
      if (row != col) gram[col * rows.lanes + row] += lanes[0];
    }
  }
}

HWY_INLINE void AddGram(const GramRows& rows, double* gram) {
  for (Index i = 0; i < rows.lanes; i += kGramBlock) {
    for (Index j = 0; j <= i; j += kGramBlock) {
      AddGramBlock(rows, i, j, gram);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace mtlkit
HWY_AFTER_NAMESPACE();

#endif
