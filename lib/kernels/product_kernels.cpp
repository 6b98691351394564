#include <cassert>

#include "kernels/levels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/product_kernels.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/gram-inl.h"
#include "kernels/tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mtlkit {
namespace HWY_NAMESPACE {
namespace {

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
    Tile t{};
    t.a = g.x + row * g.x_stride;
    t.a_row = 1;
    t.a_step = g.x_stride;
    t.b = g.dy + row * g.dy_stride;
    t.b_step = g.dy_stride;
    // A panel that few tiles read is read where it lies.
    if (cols < kept || cols % kLanes != 0 ||
        g.inputs > kDirectTiles * kTileRows) {
      CopyPanel(t.b, g.dy_stride, depth, cols, g.scratch);
      t.b = g.scratch;
      t.b_step = kPanelCols;
    }
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
    const Real* gradients = g.scratch + kWeightGradientScratch;
    AddGram({gradients, gradients, lane_size, g.lanes, g.inputs * kPanelCols},
            g.gram);
  }
}

// Rows of a matrix that are multiplied with each other.
struct RowPairs {
  const Real* x;
  Index stride;
  Index rows;
  Index cols;
  Index first_row;
  Index row_count;
};

// s = x[first, first + count) x^T from column `begin` on, a panel of columns at
// a time; a row of s has `rows` columns.
void RowProducts(const RowPairs& g, Index begin, Real* panel, Real* s) {
  for (Index col = begin; col < g.rows; col += kPanelCols) {
    const Index cols = Smaller(kPanelCols, g.rows - col);
    TransposePanel(g.x + col * g.stride, g.stride, g.cols, cols, panel);
    ProductArgs p;
    p.a = g.x + g.first_row * g.stride;
    p.a_stride = g.stride;
    p.b = panel;
    p.c = s + col;
    p.c_stride = g.rows;
    p.rows = g.row_count;
    p.depth = g.cols;
    p.cols = cols;
    ProductRows(p);
  }
}

void RowGramian(const RowGramianArgs& g) noexcept {
  assert(g.scratch != nullptr);
  const Index lane_size = g.row_count * kPanelCols;
  Real* s = g.scratch;
  Real* left = s + g.row_count * g.rows;
  Real* right = left + g.lanes * lane_size;
  Real* panel = right + g.lanes * lane_size;
  RowProducts({g.x, g.x_stride, g.rows, g.inputs, g.first_row, g.row_count}, 0,
              panel, s);
  for (Index col = 0; col < g.outputs; col += kPanelCols) {
    const Index cols = Smaller(kPanelCols, g.outputs - col);
    for (Index lane = 0; lane < g.lanes; ++lane) {
      const Real* dy = g.dy + lane * g.lane_stride + col;
      CopyPanel(dy, g.dy_stride, g.rows, cols, panel);
      CopyPanel(dy + g.first_row * g.dy_stride, g.dy_stride, g.row_count, cols,
                left + lane * lane_size);
      ProductArgs p;
      p.a = s;
      p.a_stride = g.rows;
      p.b = panel;
      p.c = right + lane * lane_size;
      p.c_stride = kPanelCols;
      p.rows = g.row_count;
      p.depth = g.rows;
      p.cols = kPanelCols;
      ProductRows(p);
    }
    AddGram({left, right, lane_size, g.lanes, lane_size}, g.gram);
  }
}

// Both numbers are of single precision, so their product is exact.
double SumOfPairs(const Real* s, const Real* t, Index count) {
  if (count >= kVirtualLanes) {
    return ReduceDouble(s, t, count,
                        [](DoubleVec sum, DoubleVec a, DoubleVec b) {
                          return hn::MulAdd(a, b, sum);
                        });
  }
  double sum = 0;
  for (Index i = 0; i < count; ++i) {
    sum += static_cast<double>(s[i]) * static_cast<double>(t[i]);
  }
  return sum;
}

// What row r of lane i and the rows behind it add; s and t are row r of the
// products of all rows.
void AddRowOfPairs(const LaneRowGramianArgs& g, Index i, Index r, const Real* s,
                   const Real* t) {
  const double self = static_cast<double>(s[r]) * static_cast<double>(t[r]);
  g.gram[i * g.lanes + i] +=
      self + 2 * SumOfPairs(s + r + 1, t + r + 1, g.lane_rows[i].end() - r - 1);
  for (Index j = i + 1; j < g.lanes; ++j) {
    const RowRange& other = g.lane_rows[j];
    if (other.count == 0) continue;
    const double sum =
        SumOfPairs(s + other.first, t + other.first, other.count);
    g.gram[i * g.lanes + j] += sum;
    g.gram[j * g.lanes + i] += sum;
  }
}

void LaneRowGramian(const LaneRowGramianArgs& g) noexcept {
  assert(g.scratch != nullptr);
  Real* s = g.scratch;
  Real* t = s + g.row_count * g.rows;
  Real* panel = t + g.row_count * g.rows;
  RowProducts({g.x, g.x_stride, g.rows, g.inputs, g.first_row, g.row_count},
              g.first_row, panel, s);
  RowProducts({g.dy, g.dy_stride, g.rows, g.outputs, g.first_row, g.row_count},
              g.first_row, panel, t);
  const Index end = g.first_row + g.row_count;
  for (Index i = 0; i < g.lanes; ++i) {
    const RowRange& lane = g.lane_rows[i];
    const Index begin = lane.first > g.first_row ? lane.first : g.first_row;
    for (Index r = begin; r < Smaller(lane.end(), end); ++r) {
      const Index at = (r - g.first_row) * g.rows;
      AddRowOfPairs(g, i, r, s + at, t + at);
    }
  }
}

}  // namespace

extern const ProductKernels kProductTable;
constexpr ProductKernels kProductTable = {
    Pack,    PackTransposed, Product,       WeightGradient,
    Gramian, RowGramian,     LaneRowGramian};

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
