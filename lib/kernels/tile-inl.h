// The tile of a matrix product that stays in registers, and the loops around
// it. Included once per level.
#if defined(MTLKIT_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MTLKIT_TILE_INL_H_
#undef MTLKIT_TILE_INL_H_
#else
#define MTLKIT_TILE_INL_H_
#endif

#include "kernels/panels-inl.h"

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

// A weight gradient copies panels of dy that more tiles than this read.
constexpr Index kDirectTiles = 6;

// What a tile does: c = epilogue(a b) for a few rows and two vectors of
// columns. Element (r, k) of a is at r * a_row + k * a_step, so that a may be
// read in place (a_step = 1, and b in panels) or transposed (a_row = 1).
struct Tile {
  const Real* a;
  Index a_row;
  Index a_step;
  // The rows of each tile were copied next to each other (CopyStrips).
  bool a_in_strips;
  const Real* b;
  Index b_step;
  Index b_next;  // from two vectors of columns to the next two
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

// sum += f b, fused. Where twelve of sixteen registers hold sums, g++ would put
// some into memory or move them about: it is told the instruction, which keeps
// each where it is, and their order.
HWY_INLINE void Accumulate(V f, V b, V& sum) {
#if HWY_TARGET == HWY_AVX2 && !defined(MTLKIT_REAL64)
  asm volatile("vfmadd231ps %2, %1, %0"
               : "+x"(sum.raw)
               : "x"(f.raw), "x"(b.raw));
#else
  sum = hn::MulAdd(f, b, sum);
#endif
}

// The sums of a tile, in registers. kVectors is 1 or 2.
template <int kRows, int kVectors>
struct Sums {
  V at[kRows][kVectors];

  template <class Function>
  HWY_INLINE void ForEach(Function function) {
    HWY_UNROLL(16)
    for (int r = 0; r < kRows; ++r) {
      HWY_UNROLL(2)
      for (int v = 0; v < kVectors; ++v) function(at[r][v], r, v);
    }
  }

  // One step: row r of a has `factor(r)`, the columns of b are at `b`.
  template <class Function>
  HWY_INLINE void Step(const Real* b, Function factor) {
    V values[kVectors];
    HWY_UNROLL(2)
    for (int v = 0; v < kVectors; ++v) {
      values[v] = hn::LoadU(kD, b + v * kLanes);
    }
    HWY_UNROLL(16)
    for (int r = 0; r < kRows; ++r) {
      const V f = hn::Set(kD, factor(r));
      HWY_UNROLL(2)
      for (int v = 0; v < kVectors; ++v) {
        Accumulate(f, values[v], at[r][v]);
      }
    }
  }
};

// Rows of a that lie side by side, so that a step reads one piece of memory;
// the next piece is strides away, where no processor would look by itself.
template <int kRows, int kVectors>
HWY_INLINE void AddAdjacentRows(const Tile& t, Sums<kRows, kVectors>& sums) {
  constexpr Index kAhead = 10;
  const Real* a = t.a;
  const Real* b = t.b;
  for (Index k = 0; k < t.depth; ++k) {
    __builtin_prefetch(a + kAhead * t.a_step);
    sums.Step(b, [&](int r) { return a[r]; });
    a += t.a_step;
    b += t.b_step;
  }
}

// Rows of a that were copied next to each other, step behind step.
template <int kRows, int kVectors>
HWY_INLINE void AddStrip(const Tile& t, Sums<kRows, kVectors>& sums) {
  constexpr int kSteps = 4;
  const Index depth = t.depth;
  const Index b_step = t.b_step;
  const Real* a = t.a;
  const Real* b = t.b;
  Index k = 0;
  for (; k + kSteps <= depth; k += kSteps) {
    HWY_UNROLL(4)
    for (int u = 0; u < kSteps; ++u) {
      sums.Step(b + u * b_step, [&](int r) { return a[u * kRows + r]; });
    }
    a += kSteps * kRows;
    b += kSteps * b_step;
  }
  for (; k < depth; ++k) {
    sums.Step(b, [&](int r) { return a[r]; });
    a += kRows;
    b += b_step;
  }
}

// Rows of a that lie apart, read along (a_step = 1). Some steps at a time: the
// arithmetic of pointers takes a tenth of the processor's slots otherwise.
template <int kRows, int kVectors>
HWY_INLINE void AddRowsApart(const Tile& t, Sums<kRows, kVectors>& sums) {
  constexpr int kSteps = 4;
  constexpr int kBases = (kRows + 2) / 3;
  // Three rows share a base pointer: more would not fit the registers.
  const Index row = t.a_row;
  const Index depth = t.depth;
  const Real* base[kBases];
  HWY_UNROLL(8)
  for (int i = 0; i < kBases; ++i) base[i] = t.a + Index{3} * i * row;
  const Real* b = t.b;
  const auto advance = [&](Index steps) {
    HWY_UNROLL(8)
    for (int i = 0; i < kBases; ++i) base[i] += steps;
    b += steps * kStripCols;
  };
  Index k = 0;
  for (; k + kSteps <= depth; k += kSteps) {
    HWY_UNROLL(4)
    for (int u = 0; u < kSteps; ++u) {
      sums.Step(b + u * kStripCols,
                [&](int r) { return base[r / 3][(r % 3) * row + u]; });
    }
    advance(kSteps);
  }
  for (; k < depth; ++k) {
    sums.Step(b, [&](int r) { return base[r / 3][(r % 3) * row]; });
    advance(1);
  }
}

template <int kRows, int kVectors>
HWY_INLINE void LoadSums(const Tile& t, bool full,
                         Sums<kRows, kVectors>& sums) {
  if (!t.add) {
    sums.ForEach([](V& sum, int, int) { sum = hn::Zero(kD); });
  } else if (full) {
    sums.ForEach([&](V& sum, int r, int v) {
      sum = hn::LoadU(kD, t.c + r * t.c_stride + v * kLanes);
    });
  } else {
    sums.ForEach([&](V& sum, int r, int v) {
      sum = LoadUpTo(t.c + r * t.c_stride + v * kLanes, t.cols - v * kLanes);
    });
  }
}

// A tile without missing columns and mask asks once what to do, not for each
// vector: for a short depth that is half of the time.
template <int kRows, int kVectors>
HWY_INLINE void StoreFull(const Tile& t, Sums<kRows, kVectors>& sums) {
  if (t.bias != nullptr) {
    sums.ForEach([&](V& sum, int, int v) {
      sum = hn::Add(sum, hn::LoadU(kD, t.bias + v * kLanes));
    });
  }
  if (t.relu) {
    const V zero = hn::Zero(kD);
    sums.ForEach([&](V& sum, int, int) {
      sum = hn::IfThenZeroElse(hn::Lt(sum, zero), sum);
    });
  }
  sums.ForEach([&](V& sum, int r, int v) {
    hn::StoreU(sum, kD, t.c + r * t.c_stride + v * kLanes);
  });
}

template <int kRows, int kVectors>
HWY_INLINE void StoreSums(const Tile& t, bool full,
                          Sums<kRows, kVectors>& sums) {
  if (full && t.mask == nullptr) return StoreFull(t, sums);
  sums.ForEach([&](V& sum, int r, int v) {
    const Index left = t.cols - v * kLanes;
    const V value = Epilogue(t, sum, r, v * kLanes, left);
    StoreUpTo(value, t.c + r * t.c_stride + v * kLanes, left);
  });
}

// How a tile finds its rows of a.
enum class RowsOf { kApart, kAdjacent, kStrip };

template <int kRows, int kVectors, RowsOf kHow>
void RunTile(const Tile& t) {
  const bool full = t.cols == kVectors * kLanes;
  Sums<kRows, kVectors> sums;
  LoadSums(t, full, sums);
  if constexpr (kHow == RowsOf::kStrip) {
    AddStrip(t, sums);
  } else if constexpr (kHow == RowsOf::kAdjacent) {
    AddAdjacentRows(t, sums);
  } else {
    AddRowsApart(t, sums);
  }
  StoreSums(t, full, sums);
}

using TileFunction = void (*)(const Tile&);

template <int kVectors, RowsOf kHow>
constexpr TileFunction kTiles[] = {
    nullptr,
    RunTile<1, kVectors, kHow>,
    RunTile<2, kVectors, kHow>,
    RunTile<3, kVectors, kHow>,
    RunTile<4, kVectors, kHow>,
#if HWY_TARGET <= HWY_AVX2
    RunTile<5, kVectors, kHow>,
    RunTile<6, kVectors, kHow>,
#endif
#if HWY_TARGET == HWY_AVX3
    RunTile<7, kVectors, kHow>,
    RunTile<8, kVectors, kHow>,
    RunTile<9, kVectors, kHow>,
    RunTile<10, kVectors, kHow>,
    RunTile<11, kVectors, kHow>,
    RunTile<12, kVectors, kHow>,
#endif
};

#if HWY_TARGET == HWY_AVX2
// One vector of columns leaves room for twice the rows, and six sums would wait
// for each other.
constexpr int kTallRows = 12;
constexpr TileFunction kTallTiles[] = {
    nullptr,
    RunTile<1, 1, RowsOf::kApart>,
    RunTile<2, 1, RowsOf::kApart>,
    RunTile<3, 1, RowsOf::kApart>,
    RunTile<4, 1, RowsOf::kApart>,
    RunTile<5, 1, RowsOf::kApart>,
    RunTile<6, 1, RowsOf::kApart>,
    RunTile<7, 1, RowsOf::kApart>,
    RunTile<8, 1, RowsOf::kApart>,
    RunTile<9, 1, RowsOf::kApart>,
    RunTile<10, 1, RowsOf::kApart>,
    RunTile<11, 1, RowsOf::kApart>,
    RunTile<12, 1, RowsOf::kApart>,
};
#else
constexpr int kTallRows = kTileRows;
constexpr auto& kTallTiles = kTiles<1, RowsOf::kApart>;
#endif

template <RowsOf kHow>
const TileFunction* TilesOf(const Tile& t) {
  return t.cols > kLanes ? kTiles<2, kHow> : kTiles<1, kHow>;
}

const TileFunction* TilesFor(const Tile& t) {
  if (t.a_in_strips) return TilesOf<RowsOf::kStrip>(t);
  if (t.a_row == 1) return TilesOf<RowsOf::kAdjacent>(t);
  return t.cols > kLanes ? kTiles<2, RowsOf::kApart> : kTallTiles;
}

// Calls work(height) for each of the tiles of at most `most` rows that cover
// `rows` rows, which are of nearly equal height.
template <class Work>
HWY_INLINE void ForHeights(Index rows, Index most, const Work& work) {
  if (rows <= 0) return;
  const Index count = (rows + most - 1) / most;
  const Index low = rows / count;
  const Index high = rows - low * count;  // tiles that have one row more
  for (Index i = 0; i < count; ++i) work(i < high ? low + 1 : low);
}

// All rows of c for the columns of one tile.
void RunRows(Tile t, Index rows) {
  const TileFunction* tiles = TilesFor(t);
  const bool is_tall = !t.a_in_strips && t.a_row != 1 && t.cols <= kLanes;
  ForHeights(rows, is_tall ? kTallRows : kTileRows, [&](Index height) {
    tiles[height](t);
    t.a += height * (t.a_in_strips ? t.depth : t.a_row);
    t.c += height * t.c_stride;
    if (t.mask != nullptr) t.mask += height * t.mask_stride;
  });
}

// The columns [0, cols) of one panel (cols <= kPanelCols), two vectors at a
// time.
void RunPanel(Tile t, Index rows, Index cols) {
  for (Index col = 0; col < cols; col += kStripCols) {
    t.cols = Smaller(kStripCols, cols - col);
    RunRows(t, rows);
    t.b += t.b_next;
    t.c += kStripCols;
    if (t.bias != nullptr) t.bias += kStripCols;
    if (t.mask != nullptr) t.mask += kStripCols;
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace mtlkit
HWY_AFTER_NAMESPACE();

#endif
