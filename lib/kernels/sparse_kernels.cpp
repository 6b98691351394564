#include "kernels/levels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/sparse_kernels.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/tails-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mtlkit {
namespace HWY_NAMESPACE {
namespace {

// Vectors of outputs that one pass over a row keeps in registers.
constexpr int kGroup = 4;
constexpr Index kGroupCols = kGroup * kLanes;

// y[row, col ...] for up to kGroup vectors of outputs.
void ProductGroup(const SparseRows& x, Index row, const Real* w, Index w_stride,
                  const Real* bias, Real* y, Index cols) {
  V sums[kGroup];
  HWY_UNROLL(4)
  for (int j = 0; j < kGroup; ++j) sums[j] = hn::Zero(kD);
  for (Index e = x.starts[row]; e < x.starts[row + 1]; ++e) {
    const V factor = hn::Set(kD, x.values[e]);
    const Real* from = w + x.indices[e] * w_stride;
    HWY_UNROLL(4)
    for (int j = 0; j < kGroup; ++j) {
      const Index left = cols - j * kLanes;
      if (left > 0) {
        sums[j] =
            hn::MulAdd(factor, LoadUpTo(from + j * kLanes, left), sums[j]);
      }
    }
  }
  HWY_UNROLL(4)
  for (int j = 0; j < kGroup; ++j) {
    const Index left = cols - j * kLanes;
    if (left <= 0) continue;
    if (bias != nullptr) {
      sums[j] = hn::Add(sums[j], LoadUpTo(bias + j * kLanes, left));
    }
    StoreUpTo(sums[j], y + j * kLanes, left);
  }
}

void SparseProduct(const SparseRows& x, const Real* w, Index w_stride,
                   Index outputs, const Real* bias, Real* y,
                   Index y_stride) noexcept {
  for (Index r = 0; r < x.rows; ++r) {
    for (Index c = 0; c < outputs; c += kGroupCols) {
      ProductGroup(x, r, w + c, w_stride, bias == nullptr ? bias : bias + c,
                   y + r * y_stride + c, outputs - c);
    }
  }
}

// to += factor from.
HWY_INLINE void AddRow(Real factor, const Real* from, Real* to, Index cols) {
  const V scale = hn::Set(kD, factor);
  for (Index c = 0; c < cols; c += kLanes) {
    const Index left = cols - c;
    StoreUpTo(
        hn::MulAdd(scale, LoadUpTo(from + c, left), LoadUpTo(to + c, left)),
        to + c, left);
  }
}

// The first of ascending numbers that is at least `least`. Not the library's:
// its instance could be shared with code for other processors.
const std::int32_t* FirstFrom(const std::int32_t* begin,
                              const std::int32_t* end, std::int32_t least) {
  while (begin != end) {
    const std::int32_t* const middle = begin + (end - begin) / 2;
    if (*middle < least) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

void SparseWeightGradient(const SparseGradientArgs& args) noexcept {
  const SparseRows& x = args.x;
  const auto first = static_cast<std::int32_t>(args.first_index);
  const Index end = args.first_index + args.index_count;
  for (Index r = 0; r < x.rows; ++r) {
    const std::int32_t* const last = x.indices + x.starts[r + 1];
    const std::int32_t* entry = FirstFrom(x.indices + x.starts[r], last, first);
    for (; entry != last && *entry < end; ++entry) {
      AddRow(x.values[entry - x.indices], args.dy + r * args.dy_stride,
             args.dw + (*entry - first) * args.dw_stride, args.outputs);
    }
  }
}

void GatherRows(const Real* table, Index table_stride, const std::int32_t* rows,
                Index rows_stride, Index count, Index cols, Real* out,
                Index out_stride) noexcept {
  for (Index i = 0; i < count; ++i) {
    const Real* from = table + rows[i * rows_stride] * table_stride;
    Real* to = out + i * out_stride;
    for (Index c = 0; c < cols; c += kLanes) {
      StoreUpTo(LoadUpTo(from + c, cols - c), to + c, cols - c);
    }
  }
}

void ScatterAddRows(const ScatterArgs& args) noexcept {
  for (Index i = 0; i < args.count; ++i) {
    const Index row = args.rows[i * args.rows_stride] - args.first_row;
    if (row < 0 || row >= args.row_count) continue;
    AddRow(1, args.x + i * args.x_stride, args.table + row * args.table_stride,
           args.cols);
  }
}

}  // namespace

extern const SparseKernels kSparseTable;
constexpr SparseKernels kSparseTable = {SparseProduct, SparseWeightGradient,
                                        GatherRows, ScatterAddRows};

}  // namespace HWY_NAMESPACE
}  // namespace mtlkit
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mtlkit {

const SparseKernels* SparseKernelsOf(Level level) {
  MTLKIT_CHOOSE_LEVEL(level, kSparseTable);
}

}  // namespace mtlkit
#endif
