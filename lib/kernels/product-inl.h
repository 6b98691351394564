// Products with a packed matrix. Included once per level.
#if defined(MTLKIT_PRODUCT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MTLKIT_PRODUCT_INL_H_
#undef MTLKIT_PRODUCT_INL_H_
#else
#define MTLKIT_PRODUCT_INL_H_
#endif

#include "kernels/tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mtlkit {
namespace HWY_NAMESPACE {
namespace {

// A short summed dimension, as the input gradient of heads has it: its rows of
// b stay in registers while all rows of a pass. Needs whole vectors of columns,
// and nothing but the product.
#if HWY_TARGET == HWY_AVX3
constexpr int kShortDepth = 8;
#elif HWY_TARGET == HWY_AVX2
constexpr int kShortDepth = 4;
#else
constexpr int kShortDepth = 0;
#endif

bool IsShort(const ProductArgs& p) {
  return p.depth > 0 && p.depth <= kShortDepth && !p.add && p.bias == nullptr &&
         !p.relu && p.mask == nullptr && p.cols % kStripCols == 0;
}

template <int kDepth>
void ShortProduct(const ProductArgs& p, Index col, const Real* b) {
  V w[kDepth][2];
  HWY_UNROLL(8)
  for (int k = 0; k < kDepth; ++k) {
    w[k][0] = hn::LoadU(kD, b + k * kStripCols);
    w[k][1] = hn::LoadU(kD, b + k * kStripCols + kLanes);
  }
  for (Index r = 0; r < p.rows; ++r) {
    const Real* a = p.a + r * p.a_stride;
    Real* c = p.c + r * p.c_stride + col;
    V first = hn::Zero(kD);
    V second = hn::Zero(kD);
    HWY_UNROLL(8)
    for (int k = 0; k < kDepth; ++k) {
      const V f = hn::Set(kD, a[k]);
      first = hn::MulAdd(f, w[k][0], first);
      second = hn::MulAdd(f, w[k][1], second);
    }
    hn::StoreU(first, kD, c);
    hn::StoreU(second, kD, c + kLanes);
  }
}

using ShortFunction = void (*)(const ProductArgs&, Index, const Real*);

constexpr ShortFunction kShortProducts[] = {
    nullptr,         ShortProduct<1>, ShortProduct<2>,
    ShortProduct<3>, ShortProduct<4>, ShortProduct<5>,
    ShortProduct<6>, ShortProduct<7>, ShortProduct<8>,
};

void RunShort(const ProductArgs& p) {
  for (Index col = 0; col < p.cols; col += kStripCols) {
    const Real* b = p.b + col / kPanelCols * kPanelCols * p.depth +
                    PanelPlace(p.depth, 0, col % kPanelCols);
    kShortProducts[p.depth](p, col, b);
  }
}

// All rows of a product for one panel of columns.
void ProductPanel(const ProductArgs& p, Index col) {
  for (Index k = 0; k == 0 || k < p.depth; k += kDepthBlock) {
    const bool last = k + kDepthBlock >= p.depth;
    Tile t{};
    t.a = p.a + k;
    t.a_row = p.a_stride;
    t.a_step = 1;
    t.b = p.b + col * p.depth + k * kStripCols;
    t.b_step = kStripCols;
    t.b_next = p.depth * kStripCols;
    t.depth = Smaller(kDepthBlock, p.depth - k);
    t.c = p.c + col;
    t.c_stride = p.c_stride;
    t.add = p.add || k > 0;
    if (last) {
      t.bias = p.bias == nullptr ? nullptr : p.bias + col;
      t.relu = p.relu;
      t.mask = p.mask == nullptr ? nullptr : p.mask + col;
      t.mask_stride = p.mask_stride;
    }
    RunPanel(t, p.rows, Smaller(kPanelCols, p.cols - col));
  }
}

// So many rows at a time that those of a stay in the second-level cache while
// the panels pass.
constexpr Index kProductRows = 192;

void ProductRows(ProductArgs p) {
  if (IsShort(p)) return RunShort(p);
  const Index rows = p.rows;
  for (Index row = 0; row < rows; row += kProductRows) {
    p.rows = Smaller(kProductRows, rows - row);
    for (Index col = 0; col < p.cols; col += kPanelCols) ProductPanel(p, col);
    p.a += kProductRows * p.a_stride;
    p.c += kProductRows * p.c_stride;
    if (p.mask != nullptr) p.mask += kProductRows * p.mask_stride;
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace mtlkit
HWY_AFTER_NAMESPACE();

#endif
