#include <cassert>

#include "kernels/levels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/product_kernels.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/gram-inl.h"
#include "kernels/product-inl.h"
#include "kernels/weight_gradient-inl.h"

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

void Gramian(const GramianArgs& g) noexcept {
  assert(g.inputs <= kGramianInputs && g.scratch != nullptr);
  const Index lane_size = kGramianInputs * kPanelCols;
  WeightGradientArgs w;
  w.x = g.x;
  w.x_stride = g.x_stride;
  w.dy_stride = g.dy_stride;
  w.dw_stride = kPanelCols;
  w.rows = g.rows;
  w.inputs = g.inputs;
  w.scratch = g.scratch;
  // All lanes and panels read the same x.
  const bool is_block = g.rows <= kDepthBlock;
  const Tile tiles = InputTiles(w, is_block);
  Real* gradients = g.scratch + kWeightGradientScratch;
  for (Index col = 0; col < g.outputs; col += kPanelCols) {
    const Index cols = Smaller(kPanelCols, g.outputs - col);
    for (Index lane = 0; lane < g.lanes; ++lane) {
      w.dy = g.dy + lane * g.lane_stride + col;
      w.dw = gradients + lane * lane_size;
      if (is_block) {
        BlockPanel(w, tiles, cols, kPanelCols);
        continue;
      }
      ForDepthBlocks(w, [&](const WeightGradientArgs& block) {
        BlockPanel(block, InputTiles(block, false), cols, kPanelCols);
      });
    }
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
      CopyColumns(dy + g.first_row * g.dy_stride, g.dy_stride, g.row_count,
                  cols, left + lane * lane_size, kPanelCols, kPanelCols);
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
