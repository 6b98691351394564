#include <cassert>

#include "kernels/levels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/product_kernels.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/gram-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mtlkit {
namespace HWY_NAMESPACE {
namespace {

// Rows of c that one tile holds in registers, two vectors of columns each:
// 24 of 32 registers, or 12 of 16.
#if HWY_TARGET == HWY_AVX3
constexpr int kTileRows = 12;
#elif HWY_TARGET == HWY_AVX2
constexpr int kTileRows = 6;
#else
constexpr int kTileRows = 4;
#endif

// The dimension summed over goes in blocks of this size, so that a panel of b
// stays in the first-level cache; chains are carried through c.
constexpr Index kDepthBlock = 256;

// What a tile does: c = epilogue(a b) for a few rows and two vectors of
// columns. Element (r, k) of a is at r * a_row + k * a_step, so that a may be
// read in place or transposed.
struct Tile {
  const Real* a;
  Index a_row;
  Index a_step;
  const Real* b;
  Index b_step;
  Index depth;
  Real* c;
  Index c_stride;
  Index cols;  // columns of c that exist, 1 .. 2 vectors
  bool add;
  const Real* bias;
  bool relu;
  const Real* mask;
  Index mask_stride;
};

HWY_INLINE V Epilogue(const Tile& t, V v, Index row, Index col, Index cols) {
  const V zero = hn::Zero(kD);
  if (t.bias != nullptr) v = hn::Add(v, LoadUpTo(t.bias + col, cols));
  if (t.relu) v = hn::IfThenZeroElse(hn::Lt(v, zero), v);
  if (t.mask != nullptr) {
    const V m = LoadUpTo(t.mask + row * t.mask_stride + col, cols);
    v = hn::IfThenZeroElse(hn::Le(m, zero), v);
  }
  return v;
}

// kVectors is 1 or 2.
template <int kRows, int kVectors>
void RunTile(const Tile& t) {
  V sums[kRows][kVectors];
  HWY_UNROLL(16)
  for (int r = 0; r < kRows; ++r) {
    HWY_UNROLL(2)
    for (int v = 0; v < kVectors; ++v) {
      const Index left = t.cols - v * kLanes;
      sums[r][v] = t.add ? LoadUpTo(t.c + r * t.c_stride + v * kLanes, left)
                         : hn::Zero(kD);
    }
  }
  // Three rows share a base pointer: more would not fit the registers.
  const Index row = t.a_row;
  const Real* base[(kRows + 2) / 3];
  HWY_UNROLL(8)
  for (int i = 0; i < (kRows + 2) / 3; ++i) base[i] = t.a + 3 * i * row;
  const Real* b = t.b;
  for (Index k = 0; k < t.depth; ++k) {
    V values[kVectors];
    HWY_UNROLL(2)
    for (int v = 0; v < kVectors; ++v) {
      values[v] = hn::LoadU(kD, b + v * kLanes);
    }
    HWY_UNROLL(16)
    for (int r = 0; r < kRows; ++r) {
      const V factor = hn::Set(kD, base[r / 3][(r % 3) * row]);
      HWY_UNROLL(2)
      for (int v = 0; v < kVectors; ++v) {
        sums[r][v] = hn::MulAdd(factor, values[v], sums[r][v]);
      }
    }
    HWY_UNROLL(8)
    for (int i = 0; i < (kRows + 2) / 3; ++i) base[i] += t.a_step;
    b += t.b_step;
  }
  HWY_UNROLL(16)
  for (int r = 0; r < kRows; ++r) {
    HWY_UNROLL(2)
    for (int v = 0; v < kVectors; ++v) {
      const Index left = t.cols - v * kLanes;
      const V value = Epilogue(t, sums[r][v], r, v * kLanes, left);
      Real* c = t.c + r * t.c_stride + v * kLanes;
      StoreUpTo(value, c, left);
    }
  }
}

using TileFunction = void (*)(const Tile&);

template <int kVectors>
constexpr TileFunction kTiles[] = {
    nullptr,
    RunTile<1, kVectors>,
    RunTile<2, kVectors>,
    RunTile<3, kVectors>,
    RunTile<4, kVectors>,
#if HWY_TARGET <= HWY_AVX2
    RunTile<5, kVectors>,
    RunTile<6, kVectors>,
#endif
#if HWY_TARGET == HWY_AVX3
    RunTile<7, kVectors>,
    RunTile<8, kVectors>,
    RunTile<9, kVectors>,
    RunTile<10, kVectors>,
    RunTile<11, kVectors>,
    RunTile<12, kVectors>,
#endif
};

// All rows of c for the columns of one tile, in tiles of nearly equal height.
void RunRows(Tile t, Index rows) {
  const auto& tiles = t.cols > kLanes ? kTiles<2> : kTiles<1>;
  const Index count = (rows + kTileRows - 1) / kTileRows;
  for (Index i = 0; i < count; ++i) {
    const Index height = rows * (i + 1) / count - rows * i / count;
    tiles[height](t);
    t.a += height * t.a_row;
    t.c += height * t.c_stride;
    if (t.mask != nullptr) t.mask += height * t.mask_stride;
  }
}

// The columns [0, cols) of one panel (cols <= kPanelCols), two vectors at a
// time.
void RunPanel(Tile t, Index rows, Index cols) {
  for (Index col = 0; col < cols; col += 2 * kLanes) {
    t.cols = Smaller(2 * kLanes, cols - col);
    RunRows(t, rows);
    t.b += 2 * kLanes;
    t.c += 2 * kLanes;
    if (t.bias != nullptr) t.bias += 2 * kLanes;
    if (t.mask != nullptr) t.mask += 2 * kLanes;
  }
}

void ProductRows(const ProductArgs& p) {
  for (Index col = 0; col < p.cols; col += kPanelCols) {
    for (Index k = 0; k == 0 || k < p.depth; k += kDepthBlock) {
      const bool last = k + kDepthBlock >= p.depth;
      Tile t{};
      t.a = p.a + k;
      t.a_row = p.a_stride;
      t.a_step = 1;
      t.b = p.b + col * p.depth + k * kPanelCols;
      t.b_step = kPanelCols;
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
}

void Product(const ProductArgs& p) noexcept {
  if (p.mask == nullptr || p.mask_rows == 0) return ProductRows(p);
  for (Index row = 0; row < p.rows; row += p.mask_rows) {
    ProductArgs lane = p;
    lane.a += row * p.a_stride;
    lane.c += row * p.c_stride;
    lane.rows = Smaller(p.mask_rows, p.rows - row);
    ProductRows(lane);
  }
}

// Copies `cols` <= kPanelCols columns of `rows` rows into a panel, 0 behind.
void CopyPanel(const Real* from, Index stride, Index rows, Index cols,
               Real* panel) {
  for (Index r = 0; r < rows; ++r) {
    for (Index c = 0; c < kPanelCols; c += kLanes) {
      const Index left = cols - c;
      const V v = left <= 0 ? hn::Zero(kD) : LoadUpTo(from + c, left);
      hn::StoreU(v, kD, panel + c);
    }
    from += stride;
    panel += kPanelCols;
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
      float* to = panel + done * kPanelCols + c;
      const auto store = [&](auto v, Index row) {
        hn::StoreU(hn::BitCast(four, v), four, to + row * kPanelCols);
      };
      store(hn::InterleaveLower(two, a, b), 0);
      store(hn::InterleaveUpper(two, a, b), 1);
      store(hn::InterleaveLower(two, e, f), 2);
      store(hn::InterleaveUpper(two, e, f), 3);
    }
    for (Index k = done; k < done + 4; ++k) {
      for (Index c = cols / 4 * 4; c < kPanelCols; ++c) {
        panel[k * kPanelCols + c] = c < cols ? from[c * stride + k] : 0;
      }
    }
  }
#endif
  for (Index k = done; k < depth; ++k) {
    for (Index c = 0; c < kPanelCols; ++c) {
      panel[k * kPanelCols + c] = c < cols ? from[c * stride + k] : 0;
    }
  }
}

void PackTransposed(const Real* w, Index w_stride, Index depth, Index cols,
                    Real* packed) noexcept {
  for (Index col = 0; col < cols; col += kPanelCols) {
    TransposePanel(w + col * w_stride, w_stride, depth,
                   Smaller(kPanelCols, cols - col), packed);
    packed += depth * kPanelCols;
  }
}

// dw for one panel of which `cols` columns of dy exist and `kept` of dw.
void GradientPanel(const WeightGradientArgs& g, Index cols, Index kept) {
  for (Index row = 0; row == 0 || row < g.rows; row += kDepthBlock) {
    const Index depth = Smaller(kDepthBlock, g.rows - row);
    CopyPanel(g.dy + row * g.dy_stride, g.dy_stride, depth, cols, g.scratch);
    Tile t{};
    t.a = g.x + row * g.x_stride;
    t.a_row = 1;
    t.a_step = g.x_stride;
    t.b = g.scratch;
    t.b_step = kPanelCols;
    t.depth = depth;
    t.c = g.dw;
    t.c_stride = g.dw_stride;
    t.add = g.add || row > 0;
    RunPanel(t, g.inputs, kept);
  }
}

// Few outputs: dw^T = dy^T x has the inputs in its vectors.
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
      if (cols < kPanelCols) {
        CopyPanel(t.b, g.x_stride, t.depth, cols, g.scratch);
        t.b = g.scratch;
        t.b_step = kPanelCols;
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
  if (g.outputs <= kTileRows) return ThinGradient(g);
  for (Index col = 0; col < g.outputs; col += kPanelCols) {
    WeightGradientArgs panel = g;
    panel.dy += col;
    panel.dw += col;
    const Index cols = Smaller(kPanelCols, g.outputs - col);
    GradientPanel(panel, cols, cols);
  }
}

void Gramian(const GramianArgs& g) noexcept {
  assert(g.inputs <= kGramianInputs && g.scratch != nullptr);
  const Index lane_size = kGramianInputs * kPanelCols;
  for (Index col = 0; col < g.outputs; col += kPanelCols) {
    for (Index lane = 0; lane < g.lanes; ++lane) {
      WeightGradientArgs w;
      w.x = g.x;
      w.x_stride = g.x_stride;
      w.dy = g.dy + lane * g.lane_stride + col;
      w.dy_stride = g.dy_stride;
      w.dw = g.scratch + kWeightGradientScratch + lane * lane_size;
      w.dw_stride = kPanelCols;
      w.rows = g.rows;
      w.inputs = g.inputs;
      w.scratch = g.scratch;
      GradientPanel(w, Smaller(kPanelCols, g.outputs - col), kPanelCols);
    }
    AddGram({g.scratch + kWeightGradientScratch, lane_size, g.lanes,
             g.inputs * kPanelCols},
            g.gram);
  }
}

}  // namespace

extern const ProductKernels kProductTable;
constexpr ProductKernels kProductTable = {Pack, PackTransposed, Product,
                                          WeightGradient, Gramian};

}  // namespace HWY_NAMESPACE
}  // namespace mtlkit
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mtlkit {

const ProductKernels* ProductKernelsOf(Level level) {
  MTLKIT_CHOOSE_LEVEL(level, kProductTable);
}

}  // namespace mtlkit
#endif
