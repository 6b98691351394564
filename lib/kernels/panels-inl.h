// Matrices copied into panels of kPanelCols columns. Included once per level.
#if defined(MTLKIT_PANELS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MTLKIT_PANELS_INL_H_
#undef MTLKIT_PANELS_INL_H_
#else
#define MTLKIT_PANELS_INL_H_
#endif

#include "kernels/kernels.h"
#include "kernels/tails-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mtlkit {
namespace HWY_NAMESPACE {
namespace {

// Columns that a tile takes at once. A panel lies in strips as wide as this,
// one behind the other, so that what a tile reads fills every set of the cache.
constexpr Index kStripCols = 2 * kLanes;
static_assert(kPanelCols % kStripCols == 0);

// Where element (row, col) of a panel of `depth` rows lies.
HWY_INLINE Index PanelPlace(Index depth, Index row, Index col) {
  return (col / kStripCols * depth + row) * kStripCols + col % kStripCols;
}

// Copies `cols` <= kPanelCols columns of `rows` rows, 0 behind, to rows that
// are `to_stride` apart.
void CopyColumns(const Real* from, Index stride, Index rows, Index cols,
                 Real* to, Index to_stride, Index to_cols) {
  for (Index r = 0; r < rows; ++r) {
    for (Index c = 0; c < to_cols; c += kLanes) {
      const Index left = cols - c;
      const V v = left <= 0 ? hn::Zero(kD) : LoadUpTo(from + c, left);
      hn::StoreU(v, kD, to + c);
    }
    from += stride;
    to += to_stride;
  }
}

// Copies `cols` <= kPanelCols columns of `rows` rows into a panel, 0 behind.
void CopyPanel(const Real* from, Index stride, Index rows, Index cols,
               Real* panel) {
  for (Index c = 0; c < kPanelCols; c += kStripCols) {
    CopyColumns(from + c, stride, rows, cols - c, panel + c * rows, kStripCols,
                kStripCols);
  }
}

void Pack(const Real* w, Index w_stride, Index depth, Index cols,
          Real* packed) noexcept {
  for (Index col = 0; col < cols; col += kPanelCols) {
    CopyPanel(w + col, w_stride, depth, Smaller(kPanelCols, cols - col),
              packed);
    packed += depth * kPanelCols;
  }
}

// Rows [begin, end) of a panel of w^T, by single numbers.
void TransposeSlowly(const Real* from, Index stride, Index depth, Index begin,
                     Index end, Index first_col, Index cols, Real* panel) {
  for (Index k = begin; k < end; ++k) {
    for (Index c = first_col; c < kPanelCols; ++c) {
      panel[PanelPlace(depth, k, c)] = c < cols ? from[c * stride + k] : 0;
    }
  }
}

// One panel of w^T: column c of it is row c of `from`.
void TransposePanel(const Real* from, Index stride, Index depth, Index cols,
                    Real* panel) {
  Index done = 0;
#if HWY_TARGET != HWY_SCALAR && !defined(MTLKIT_REAL64)
  // Blocks of 4 x 4.
  const hn::FixedTag<float, 4> four;
  const hn::Repartition<std::uint64_t, decltype(four)> two;
  for (; done + 4 <= depth; done += 4) {
    for (Index c = 0; c + 4 <= cols; c += 4) {
      const float* at = from + c * stride + done;
      const auto r0 = hn::LoadU(four, at);
      const auto r1 = hn::LoadU(four, at + stride);
      const auto r2 = hn::LoadU(four, at + 2 * stride);
      const auto r3 = hn::LoadU(four, at + 3 * stride);
      const auto a = hn::BitCast(two, hn::InterleaveLower(four, r0, r1));
      const auto b = hn::BitCast(two, hn::InterleaveLower(four, r2, r3));
      const auto e = hn::BitCast(two, hn::InterleaveUpper(four, r0, r1));
      const auto f = hn::BitCast(two, hn::InterleaveUpper(four, r2, r3));
      float* to = panel + PanelPlace(depth, done, c);
      const auto store = [&](auto v, Index row) {
        hn::StoreU(hn::BitCast(four, v), four, to + row * kStripCols);
      };
      store(hn::InterleaveLower(two, a, b), 0);
      store(hn::InterleaveUpper(two, a, b), 1);
      store(hn::InterleaveLower(two, e, f), 2);
      store(hn::InterleaveUpper(two, e, f), 3);
    }
    TransposeSlowly(from, stride, depth, done, done + 4, cols / 4 * 4, cols,
                    panel);
  }
#endif
  TransposeSlowly(from, stride, depth, done, depth, 0, cols, panel);
}

void PackTransposed(const Real* w, Index w_stride, Index depth, Index cols,
                    Real* packed) noexcept {
  for (Index col = 0; col < cols; col += kPanelCols) {
    TransposePanel(w + col * w_stride, w_stride, depth,
                   Smaller(kPanelCols, cols - col), packed);
    packed += depth * kPanelCols;
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace mtlkit
HWY_AFTER_NAMESPACE();

#endif
