#include "kernels/levels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/softmax_kernels.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/lanes-inl.h"
#include "kernels/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mtlkit {
namespace HWY_NAMESPACE {
namespace {

// Rows of up to 16 columns go sixteen at a time, one row a lane and one block
// of lanes a column; longer ones one by one, columns in lanes. The choice
// depends on the number of columns alone, and lanes do not mix rows, so that a
// row has the same bits wherever it stands.
constexpr Index kNarrow = kVirtualLanes;

// Sixteen rows by up to sixteen columns, transposed.
struct Block {
  HWY_ALIGN Real cells[kNarrow * kVirtualLanes];

  void Read(const Real* x, Index stride, Index rows, Index cols) {
    for (Index r = 0; r < kVirtualLanes; ++r) {
      for (Index c = 0; c < cols; ++c) {
        cells[c * kVirtualLanes + r] = r < rows ? x[r * stride + c] : Real{0};
      }
    }
  }
  void Write(Real* y, Index stride, Index rows, Index cols) const {
    for (Index r = 0; r < rows; ++r) {
      for (Index c = 0; c < cols; ++c) {
        y[r * stride + c] = cells[c * kVirtualLanes + r];
      }
    }
  }
  Lanes16 Col(Index c) const {
    return Lanes16::Load(cells + c * kVirtualLanes, kVirtualLanes, 0);
  }
  void SetCol(Index c, const Lanes16& lanes) {
    lanes.Store(cells + c * kVirtualLanes, kVirtualLanes);
  }
};

HWY_INLINE V Larger(V a, V b) {
  return hn::IfThenElse(hn::Gt(a, b), a, b);
}

// The largest number of each row, or 0 where all are -inf, so that
// differences stay defined.
HWY_INLINE V Finitely(V top) {
  const V low = hn::Set(kD, -kInfinity);
  return hn::IfThenZeroElse(hn::Eq(top, low), top);
}

Lanes16 TopOf(const Block& block, Index cols) {
  Lanes16 top = block.Col(0);
  for (Index c = 1; c < cols; ++c) top = top.With(block.Col(c), Larger);
  return top.Map(Finitely);
}

// Replaces each cell x by exp(x - top); returns the sums of rows.
Lanes16 Exponentiate(Block* block, const Lanes16& top, Index cols) {
  Lanes16 sum = Lanes16::Set(0);
  for (Index c = 0; c < cols; ++c) {
    const Lanes16 power =
        block->Col(c).With(top, [](V x, V t) { return Exp(hn::Sub(x, t)); });
    block->SetCol(c, power);
    sum = sum + power;
  }
  return sum;
}

Real RowTop(const Real* x, Index cols) {
  Lanes16 top = Lanes16::Load(x, cols, -kInfinity);
  for (Index c = kVirtualLanes; c < cols; c += kVirtualLanes) {
    top = top.With(Lanes16::Load(x + c, cols - c, -kInfinity), Larger);
  }
  const Real value = top.Max();
  return value == -kInfinity ? Real{0} : value;
}

// y = exp(x - top) of one row, or only the sum of it where y is null.
Real RowPowers(const Real* x, Real top, Real* y, Index cols) {
  const V shift = hn::Set(kD, top);
  Lanes16 sum = Lanes16::Set(0);
  for (Index c = 0; c < cols; c += kVirtualLanes) {
    const Lanes16 power =
        Lanes16::Load(x + c, cols - c, -kInfinity).Map([shift](V v) {
          return Exp(hn::Sub(v, shift));
        });
    if (y != nullptr) power.Store(y + c, cols - c);
    sum = sum + power;
  }
  return sum.Sum();
}

void ScaleRow(Real factor, Real* y, Index cols) {
  const V scale = hn::Set(kD, factor);
  for (Index c = 0; c < cols; c += kLanes) {
    StoreUpTo(hn::Mul(scale, LoadUpTo(y + c, cols - c)), y + c, cols - c);
  }
}

void Softmax(const Real* x, Index x_stride, Real* y, Index y_stride, Index rows,
             Index cols) noexcept {
  if (cols > kNarrow) {
    for (Index r = 0; r < rows; ++r) {
      Real* out = y + r * y_stride;
      const Real* in = x + r * x_stride;
      const Real sum = RowPowers(in, RowTop(in, cols), out, cols);
      ScaleRow(1 / sum, out, cols);
    }
    return;
  }
  for (Index r = 0; r < rows; r += kVirtualLanes) {
    const Index here = Smaller(kVirtualLanes, rows - r);
    Block block;
    block.Read(x + r * x_stride, x_stride, here, cols);
    const Lanes16 top = TopOf(block, cols);
    const Lanes16 sum = Exponentiate(&block, top, cols);
    for (Index c = 0; c < cols; ++c) {
      block.SetCol(
          c, block.Col(c).With(sum, [](V a, V b) { return hn::Div(a, b); }));
    }
    block.Write(y + r * y_stride, y_stride, here, cols);
  }
}

void SoftmaxGradient(const Real* y, Index y_stride, const Real* dy,
                     Index dy_stride, Real* dx, Index dx_stride, Index rows,
                     Index cols) noexcept {
  const auto multiply = [](V a, V b) { return hn::Mul(a, b); };
  for (Index r = 0; r < rows; ++r) {
    const Real* p = y + r * y_stride;
    const Real* g = dy + r * dy_stride;
    Real* out = dx + r * dx_stride;
    Lanes16 sum = Lanes16::Set(0);
    for (Index c = 0; c < cols; c += kVirtualLanes) {
      sum = sum + Lanes16::Load(p + c, cols - c, 0)
                      .With(Lanes16::Load(g + c, cols - c, 0), multiply);
    }
    const V mean = hn::Set(kD, sum.Sum());
    for (Index c = 0; c < cols; c += kLanes) {
      const Index left = cols - c;
      const V slope = hn::Sub(LoadUpTo(g + c, left), mean);
      StoreUpTo(hn::Mul(LoadUpTo(p + c, left), slope), out + c, left);
    }
  }
}

// What cross_entropy writes for one row, given the row's log sum exp and its
// probabilities in `p` (or null).
void FinishRow(const CrossEntropyArgs& a, Index row, Real total, const Real* p,
               Index p_step) {
  const Real* x = a.logits + row * a.stride;
  const Real weight = a.weight == nullptr ? Real{1} : a.weight[row];
  Real* gradient =
      a.gradient == nullptr ? nullptr : a.gradient + row * a.gradient_stride;
  if (weight == 0) {
    if (a.row_loss != nullptr) a.row_loss[row] = 0;
    for (Index c = 0; gradient != nullptr && c < a.classes; ++c) {
      gradient[c] = 0;
    }
    return;
  }
  const auto label = static_cast<Index>(a.target[row * a.target_stride]);
  const Real even = a.smoothing / static_cast<Real>(a.classes);
  if (a.row_loss != nullptr) {
    Real expected = (1 - a.smoothing) * (x[label] - total);
    for (Index c = 0; a.smoothing != 0 && c < a.classes; ++c) {
      expected += even * (x[c] - total);
    }
    a.row_loss[row] = -weight * expected;
  }
  if (gradient == nullptr) return;
  // Before the loop: p may be the gradient itself.
  const Real own = p[label * p_step] - even - (1 - a.smoothing);
  for (Index c = 0; c < a.classes; ++c) {
    gradient[c] = weight * (p[c * p_step] - even);
  }
  gradient[label] = weight * own;
}

void NarrowCrossEntropy(const CrossEntropyArgs& a) {
  for (Index r = 0; r < a.rows; r += kVirtualLanes) {
    const Index here = Smaller(kVirtualLanes, a.rows - r);
    Block block;
    block.Read(a.logits + r * a.stride, a.stride, here, a.classes);
    const Lanes16 top = TopOf(block, a.classes);
    const Lanes16 sum = Exponentiate(&block, top, a.classes);
    HWY_ALIGN Real totals[kVirtualLanes];
    sum.With(top, [](V s, V t) { return hn::Add(Log(s), t); })
        .Store(totals, kVirtualLanes);
    for (Index c = 0; a.gradient != nullptr && c < a.classes; ++c) {
      block.SetCol(
          c, block.Col(c).With(sum, [](V p, V s) { return hn::Div(p, s); }));
    }
    for (Index i = 0; i < here; ++i) {
      FinishRow(a, r + i, totals[i], block.cells + i, kVirtualLanes);
    }
  }
}

void WideCrossEntropy(const CrossEntropyArgs& a) {
  for (Index r = 0; r < a.rows; ++r) {
    const Real* x = a.logits + r * a.stride;
    Real* p =
        a.gradient == nullptr ? nullptr : a.gradient + r * a.gradient_stride;
    const Real top = RowTop(x, a.classes);
    const Real sum = RowPowers(x, top, p, a.classes);
    if (p != nullptr) ScaleRow(1 / sum, p, a.classes);
    const Real total = hn::GetLane(Log(hn::Set(kD, sum))) + top;
    FinishRow(a, r, total, p, 1);
  }
}

void CrossEntropy(const CrossEntropyArgs& args) noexcept {
  if (args.classes > kNarrow) {
    WideCrossEntropy(args);
  } else {
    NarrowCrossEntropy(args);
  }
}

void LogisticLoss(const Real* logits, const Real* target, const Real* weight,
                  Real* loss, Real* gradient, Index size) noexcept {
  const V zero = hn::Zero(kD);
  for (Index i = 0; i < size; i += kLanes) {
    const Index left = size - i;
    const V z = LoadUpTo(logits + i, left);
    const V t = LoadUpTo(target + i, left);
    const V w =
        weight == nullptr ? hn::Set(kD, Real{1}) : LoadUpTo(weight + i, left);
    const auto none = hn::Eq(w, zero);
    if (loss != nullptr) {
      // max(z, 0) - t z + log(1 + exp(-|z|)) does not overflow.
      const V tail = Log1p(Exp(hn::Neg(hn::Abs(z))));
      const V value = hn::Add(hn::Sub(hn::Max(z, zero), hn::Mul(t, z)), tail);
      StoreUpTo(hn::IfThenZeroElse(none, hn::Mul(w, Keep(z, value))), loss + i,
                left);
    }
    if (gradient != nullptr) {
      const V slope = hn::Sub(Sigmoid(z), t);
      StoreUpTo(hn::IfThenZeroElse(none, hn::Mul(w, slope)), gradient + i,
                left);
    }
  }
}

}  // namespace

extern const SoftmaxKernels kSoftmaxTable;
constexpr SoftmaxKernels kSoftmaxTable = {Softmax, SoftmaxGradient,
                                          CrossEntropy, LogisticLoss};

}  // namespace HWY_NAMESPACE
}  // namespace mtlkit
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mtlkit {

const SoftmaxKernels* SoftmaxKernelsOf(Level level) {
  MTLKIT_CHOOSE_LEVEL(level, kSoftmaxTable);
}

}  // namespace mtlkit
#endif
