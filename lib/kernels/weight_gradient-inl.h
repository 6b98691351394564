// Products x^T dy. Included once per level.
#if defined(MTLKIT_WEIGHT_GRADIENT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MTLKIT_WEIGHT_GRADIENT_INL_H_
#undef MTLKIT_WEIGHT_GRADIENT_INL_H_
#else
#define MTLKIT_WEIGHT_GRADIENT_INL_H_
#endif

#include <array>
#include <cassert>
#include <cstring>
#include <utility>

#include "kernels/panels-inl.h"
#include "kernels/tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mtlkit {
namespace HWY_NAMESPACE {
namespace {

// x is copied, as tiles read it, where at least so many outputs use the copy:
// so many inputs at once that a copy of kDepthBlock rows stays in the
// second-level cache.
constexpr Index kCopyOutputs = 32;
constexpr Index kCopyInputs = 96;
static_assert(kDepthBlock * (kPanelCols + kCopyInputs) <=
              kWeightGradientScratch);

template <int kHeight>
void CopyStrip(const Real* from, Index stride, Index rows, Real* to) {
  for (Index r = 0; r < rows; ++r) {
    std::memcpy(to, from, kHeight * sizeof(Real));
    from += stride;
    to += kHeight;
  }
}

using CopyFunction = void (*)(const Real*, Index, Index, Real*);

template <std::size_t... kHeights>
constexpr std::array<CopyFunction, sizeof...(kHeights)> CopyFunctions(
    std::index_sequence<kHeights...>) {
  return {CopyStrip<static_cast<int>(kHeights)>...};
}
constexpr auto kCopyStrip =
    CopyFunctions(std::make_index_sequence<kTileRows + 1>());

// Copies `cols` columns of `rows` rows of x: the columns of each tile as one
// strip, row by row (Tile::a_in_strips). Some rows at a time, so that lines are
// still in the cache when the next strip reads the rest of them.
void CopyStrips(const Real* x, Index stride, Index rows, Index cols,
                Real* copy) {
  constexpr Index kRows = 16;
  for (Index row = 0; row < rows; row += kRows) {
    const Index count = Smaller(kRows, rows - row);
    Index col = 0;
    ForHeights(cols, kTileRows, [&](Index height) {
      kCopyStrip[static_cast<std::size_t>(height)](
          x + row * stride + col, stride, count,
          copy + col * rows + row * height);
      col += height;
    });
  }
}

// The tiles of dw = x^T dy for inputs of a block of at most kDepthBlock rows.
// `copies`: from a copy of x, behind the panel in scratch.
Tile InputTiles(const WeightGradientArgs& g, bool copies) {
  Tile t{};
  t.a = g.x;
  t.a_row = 1;
  t.a_step = g.x_stride;
  t.depth = g.rows;
  if (copies) {
    assert(g.inputs <= kCopyInputs && g.rows <= kDepthBlock);
    Real* copy = g.scratch + kDepthBlock * kPanelCols;
    CopyStrips(g.x, g.x_stride, g.rows, g.inputs, copy);
    t.a = copy;
    t.a_in_strips = true;
  }
  return t;
}

// dw for one panel of a block of rows, of which `cols` columns of dy exist and
// `kept` of dw.
void BlockPanel(const WeightGradientArgs& g, Tile t, Index cols, Index kept) {
  t.b = g.dy;
  t.b_step = g.dy_stride;
  t.b_next = kStripCols;
  // A panel that few tiles read is read where it lies.
  if (cols < kept || cols % kLanes != 0 ||
      g.inputs > kDirectTiles * kTileRows) {
    CopyPanel(t.b, g.dy_stride, g.rows, cols, g.scratch);
    t.b = g.scratch;
    t.b_step = kStripCols;
    t.b_next = g.rows * kStripCols;
  }
  t.c = g.dw;
  t.c_stride = g.dw_stride;
  t.add = g.add;
  RunPanel(t, g.inputs, kept);
}

// Calls work for blocks of kDepthBlock rows.
template <class Work>
void ForDepthBlocks(const WeightGradientArgs& g, const Work& work) {
  for (Index row = 0; row == 0 || row < g.rows; row += kDepthBlock) {
    WeightGradientArgs block = g;
    block.x += row * g.x_stride;
    block.dy += row * g.dy_stride;
    block.rows = Smaller(kDepthBlock, g.rows - row);
    block.add = g.add || row > 0;
    work(block);
  }
}

// All outputs of a block of rows.
void BlockGradient(const WeightGradientArgs& g) {
  const bool copies = g.outputs >= kCopyOutputs;
  const Index most = copies ? kCopyInputs : g.inputs;
  for (Index in = 0; in < g.inputs; in += most) {
    WeightGradientArgs part = g;
    part.x += in;
    part.dw += in * g.dw_stride;
    part.inputs = Smaller(most, g.inputs - in);
    const Tile tiles = InputTiles(part, copies);
    for (Index col = 0; col < g.outputs; col += kPanelCols) {
      const Index cols = Smaller(kPanelCols, g.outputs - col);
      BlockPanel(part, tiles, cols, cols);
      part.dy += kPanelCols;
      part.dw += kPanelCols;
    }
  }
}

// Few outputs: dw^T = dy^T x has the inputs in its vectors.
constexpr Index kThinOutputs = kTileRows > 8 ? kTileRows : 8;

void ThinGradient(const WeightGradientArgs& g) {
  for (Index in = 0; in < g.inputs; in += kPanelCols) {
    const Index cols = Smaller(kPanelCols, g.inputs - in);
    Real* sums = g.scratch + kDepthBlock * kPanelCols;
    if (g.add) {
      for (Index o = 0; o < g.outputs; ++o) {
        for (Index i = 0; i < cols; ++i) {
          sums[o * kPanelCols + i] = g.dw[(in + i) * g.dw_stride + o];
        }
      }
    }
    for (Index row = 0; row == 0 || row < g.rows; row += kDepthBlock) {
      Tile t{};
      t.depth = Smaller(kDepthBlock, g.rows - row);
      t.a = g.dy + row * g.dy_stride;
      t.a_row = 1;
      t.a_step = g.dy_stride;
      t.b = g.x + row * g.x_stride + in;
      t.b_step = g.x_stride;
      t.b_next = kStripCols;
      if (cols < kPanelCols) {
        CopyPanel(t.b, g.x_stride, t.depth, cols, g.scratch);
        t.b = g.scratch;
        t.b_step = kStripCols;
        t.b_next = t.depth * kStripCols;
      }
      t.c = sums;
      t.c_stride = kPanelCols;
      t.add = g.add || row > 0;
      RunPanel(t, g.outputs, cols);
    }
    for (Index i = 0; i < cols; ++i) {
      for (Index o = 0; o < g.outputs; ++o) {
        g.dw[(in + i) * g.dw_stride + o] = sums[o * kPanelCols + i];
      }
    }
  }
}

void WeightGradient(const WeightGradientArgs& g) noexcept {
  assert(g.scratch != nullptr);
  if (g.outputs <= kThinOutputs) return ThinGradient(g);
  ForDepthBlocks(g, BlockGradient);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace mtlkit
HWY_AFTER_NAMESPACE();

#endif
