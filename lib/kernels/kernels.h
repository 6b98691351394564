#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/rng.h"
#include "base/view.h"
#include "kernels/dropout_args.h"
#include "kernels/gramian_args.h"
#include "kernels/norm_args.h"
#include "kernels/number_args.h"
#include "kernels/sequence_args.h"
#include "kernels/sparse_table.h"

// The hot loops behind one table of functions, chosen once for the processor.
// Plain pointers and leading dimensions ("stride": elements from one row to
// the next); nothing here allocates, throws or knows threads. All matrices are
// row-major. Pointers to outputs must not overlap inputs unless said so.
//
// Splitting: every output element of a product is one chain of fused
// multiply-adds with the summed index ascending, so calls on ranges of rows or
// of outputs (advance the pointers, shorten the counts) give the same bits as
// one call on everything. Sums and norms go over 16 virtual lanes and a fixed
// tree in double. Levels with fused multiply-add (AVX2, AVX-512) agree in every
// bit; the base level rounds twice and differs in the last places.
namespace mtlkit {

// Elements that a packed matrix of `depth` rows and `cols` columns takes.
constexpr Index PackedSize(Index depth, Index cols) {
  return (cols + kPanelCols - 1) / kPanelCols * kPanelCols * depth;
}

// c = epilogue(a b), with b packed. Forward: a = X, b = packed W, bias, relu.
// Input gradient: a = DY (or lanes stacked as one tall matrix), b = packed
// W^T, mask = the layer input where that is a relu's output.
struct ProductArgs {
  const Real* a = nullptr;  // rows x depth
  Index a_stride = 0;
  const Real* b = nullptr;  // depth x cols, from pack or pack_transposed
  Real* c = nullptr;        // rows x cols
  Index c_stride = 0;
  Index rows = 0;
  Index depth = 0;
  Index cols = 0;
  bool add = false;            // the chains go on from what c holds
  const Real* bias = nullptr;  // cols; added after the chain
  bool relu = false;           // c = max(c, 0); NaN stays NaN
  // c is set to 0 where mask <= 0; row r of c uses row r % mask_rows of the
  // mask, so that K stacked lanes share one (mask_rows = 0: no wrap).
  const Real* mask = nullptr;
  Index mask_stride = 0;
  Index mask_rows = 0;
};

// dw = x^T dy: a range of inputs (advance x and dw) or of outputs (advance dy
// and dw) may be taken alone.
struct WeightGradientArgs {
  const Real* x = nullptr;  // rows x inputs
  Index x_stride = 0;
  const Real* dy = nullptr;  // rows x outputs
  Index dy_stride = 0;
  Real* dw = nullptr;  // inputs x outputs
  Index dw_stride = 0;
  Index rows = 0;
  Index inputs = 0;
  Index outputs = 0;
  bool add = false;         // the chains go on from what dw holds
  Real* scratch = nullptr;  // kWeightGradientScratch elements
};

struct ProductKernels {
  // packed = w (depth x cols) in panels; PackedSize(depth, cols) elements.
  void (*pack)(const Real* w, Index w_stride, Index depth, Index cols,
               Real* packed) noexcept;
  // packed = w^T in panels, where w is cols x depth.
  void (*pack_transposed)(const Real* w, Index w_stride, Index depth,
                          Index cols, Real* packed) noexcept;
  void (*product)(const ProductArgs& args) noexcept;
  void (*weight_gradient)(const WeightGradientArgs& args) noexcept;
  void (*gramian)(const GramianArgs& args) noexcept;
  void (*row_gramian)(const RowGramianArgs& args) noexcept;
  void (*lane_row_gramian)(const LaneRowGramianArgs& args) noexcept;
};

// Elementwise functions. Where a kink is, the derivative is that of x <= 0.
enum class Activation {
  kIdentity,
  kRelu,
  kLeakyRelu,  // shape: slope below 0
  kElu,        // shape: alpha
  kGelu,       // x Phi(x), by erf
  kGeluTanh,   // the tanh form
  kSilu,
  kTanh,
  kSigmoid,
  kSoftplus,  // log(1 + exp(x))
};

enum class MathFunction { kExp, kLog, kLog1p, kTanh, kSigmoid, kErf };

struct ActivationKernels {
  // y = f(x); y may be x.
  void (*activate)(Activation f, Real shape, const Real* x, Real* y,
                   Index size) noexcept;
  // dx = f'(x) dy; needs x (the input); dx may be dy or x.
  void (*activate_gradient)(Activation f, Real shape, const Real* x,
                            const Real* dy, Real* dx, Index size) noexcept;
  // y = f(x) and slope = f'(x) at once; either may be x.
  void (*activate_with_slope)(Activation f, Real shape, const Real* x, Real* y,
                              Real* slope, Index size) noexcept;
  // y = f(x) for special functions; y may be x. Special values as in <cmath>.
  void (*map)(MathFunction f, const Real* x, Real* y, Index size) noexcept;
};

struct VectorKernels {
  // y += a x.
  void (*axpy)(Real a, const Real* x, Real* y, Index size) noexcept;
  // y = a x; y may be x.
  void (*scale)(Real a, const Real* x, Real* y, Index size) noexcept;
  // z = x + y and z = x y; z may be x or y.
  void (*add)(const Real* x, const Real* y, Real* z, Index size) noexcept;
  void (*multiply)(const Real* x, const Real* y, Real* z, Index size) noexcept;
  // y += a x in double.
  void (*axpy_double)(double a, const double* x, double* y,
                      Index size) noexcept;
  // Dropout: y = x / (1 - rate) where random.At(first_row + r, c) >=
  // rate 2^32, else 0. y may be x.
  void (*dropout)(const DropoutArgs& args) noexcept;
  // The same by the bits that `dropout` left in args.kept: the backward pass.
  void (*dropout_again)(const DropoutArgs& args) noexcept;
};

// Losses and normalisations over the columns of each row.
struct CrossEntropyArgs {
  const Real* logits = nullptr;  // rows x classes
  Index stride = 0;
  Index rows = 0;
  Index classes = 0;
  const Real* target = nullptr;  // class number of row r at r * target_stride
  Index target_stride = 1;
  const Real* weight = nullptr;  // rows; null: 1
  Real smoothing = 0;            // target = (1 - e) onehot + e / classes
  Real* row_loss = nullptr;      // rows: weight times loss; null: not wanted
  Real* gradient = nullptr;      // rows x classes; null: not wanted
  Index gradient_stride = 0;
};

struct SoftmaxKernels {
  // y = softmax(x) of each row; y may be x. -inf gets exactly 0.
  void (*softmax)(const Real* x, Index x_stride, Real* y, Index y_stride,
                  Index rows, Index cols) noexcept;
  // dx = y (dy - <y, dy>) of each row, y = softmax(x); dx may be dy.
  void (*softmax_gradient)(const Real* y, Index y_stride, const Real* dy,
                           Index dy_stride, Real* dx, Index dx_stride,
                           Index rows, Index cols) noexcept;
  // weight (log sum exp - <target, logits>) and its gradient; a row of weight
  // 0 gets exactly 0 whatever its logits and target hold.
  void (*cross_entropy)(const CrossEntropyArgs& args) noexcept;
  // Logistic loss of logits z and targets t in [0, 1], elementwise:
  // loss = weight (log(1 + exp(z)) - t z), gradient = weight (sigmoid(z) - t).
  // weight may be null (1); weight 0 gives exactly 0; outputs may be null.
  void (*logistic_loss)(const Real* logits, const Real* target,
                        const Real* weight, Real* loss, Real* gradient,
                        Index size) noexcept;
};

struct NormKernels {
  void (*layer_norm)(const LayerNormArgs& args) noexcept;
  void (*layer_norm_gradient)(const LayerNormArgs& args) noexcept;
  // Mean and biased variance of each column, in double over two passes.
  void (*column_moments)(const Real* x, Index x_stride, Index rows, Index cols,
                         double* mean, double* variance) noexcept;
  void (*batch_norm)(const BatchNormArgs& args) noexcept;
  void (*batch_norm_gradient)(const BatchNormArgs& args) noexcept;
};

// One pass of an optimiser over a range of parameters. The gradient is first
// multiplied by `gradient_scale` (clipping, averaging), then coupled decay is
// added: g += decay p; decoupled decay: p -= rate decay p, with the old p.
struct SgdArgs {
  Real* parameters = nullptr;
  const Real* gradient = nullptr;
  Real* velocity = nullptr;  // null where momentum is 0
  Index size = 0;
  double rate = 0;
  double momentum = 0;
  double dampening = 0;
  bool nesterov = false;    // p -= rate (g + momentum v)
  bool first_step = false;  // v = g, whatever v holds
  double decay = 0;
  bool decoupled = false;
  double gradient_scale = 1;
};

struct AdamArgs {
  Real* parameters = nullptr;
  const Real* gradient = nullptr;
  Real* first_moment = nullptr;
  Real* second_moment = nullptr;
  Index size = 0;
  double rate = 0;
  double beta1 = 0;
  double beta2 = 0;
  double epsilon = 0;      // added to the corrected root
  double correction1 = 1;  // 1 - beta1^t
  double correction2 = 1;  // 1 - beta2^t
  double decay = 0;
  bool decoupled = false;  // AdamW
  double gradient_scale = 1;
  // AMSGrad: the largest second moment so far, which stands for it.
  Real* largest_moment = nullptr;
  // NAdam: this times the gradient joins rate / correction1 times the moment.
  double gradient_rate = 0;
  bool divides = true;  // RAdam: by the root; else it is not looked at
};

// What the passes below have in common, with the memory of the rule in `slots`.
struct UpdateArgs {
  Real* parameters = nullptr;
  const Real* gradient = nullptr;
  Real* slots[3] = {};  // as each says
  Index size = 0;
  double rate = 0;
  double decay = 0;
  bool decoupled = false;
  double gradient_scale = 1;
};

// u = max(beta2 u, |g| + epsilon), p -= rate m / (correction1 u), with the
// moment m in slot 0 and u in slot 1.
struct AdamaxArgs : UpdateArgs {
  double beta1 = 0;
  double beta2 = 0;
  double epsilon = 0;
  double correction1 = 1;
};

// v = alpha v + (1 - alpha) g^2 in slot 0, d = g / (sqrt(v) + epsilon).
// centred: the mean of g likewise in slot 1, and v less its square. With
// momentum: b = momentum b + d in slot 2, p -= rate b.
struct RmspropArgs : UpdateArgs {
  double alpha = 0;
  double epsilon = 0;
  double momentum = 0;
  bool centred = false;
};

// s = s + g^2 in slot 0, p -= rate g / (sqrt(s) + epsilon).
struct AdagradArgs : UpdateArgs {
  double epsilon = 0;
  double start = 0;  // added to s at the first step
};

// v = rho v + (1 - rho) g^2 in slot 0, step d = sqrt(delta + epsilon) /
// sqrt(v + epsilon) g, delta = rho delta + (1 - rho) d^2 in slot 1.
struct AdadeltaArgs : UpdateArgs {
  double rho = 0;
  double epsilon = 0;
};

// p -= rate sign(beta1 m + (1 - beta1) g), m = beta2 m + (1 - beta2) g in slot
// 0; the sign of 0 is 0.
struct LionArgs : UpdateArgs {
  double beta1 = 0;
  double beta2 = 0;
};

// m and v as of Adam in slots 0 and 1; sets slot 2 to the direction m /
// correction1 / (sqrt(v / correction2) + epsilon) + decay p. Moves nothing.
struct LambArgs : UpdateArgs {
  double beta1 = 0;
  double beta2 = 0;
  double epsilon = 0;
  double correction1 = 1;
  double correction2 = 1;
};

struct OptimizerKernels {
  void (*sgd)(const SgdArgs& args) noexcept;
  void (*adam)(const AdamArgs& args) noexcept;
  void (*adamax)(const AdamaxArgs& args) noexcept;
  void (*rmsprop)(const RmspropArgs& args) noexcept;
  void (*adagrad)(const AdagradArgs& args) noexcept;
  void (*adadelta)(const AdadeltaArgs& args) noexcept;
  void (*lion)(const LionArgs& args) noexcept;
  void (*lamb)(const LambArgs& args) noexcept;
  // mean += share (x - mean).
  void (*average)(double share, const Real* x, Real* mean, Index size) noexcept;
};

struct ReduceKernels {
  double (*sum)(const Real* x, Index size) noexcept;
  double (*dot)(const Real* x, const Real* y, Index size) noexcept;
  // Whether every number is finite.
  bool (*finite)(const Real* x, Index size) noexcept;
  // sums[c] = sum over rows of y[r, c], rows ascending (a bias gradient).
  // With weight: sum of weight[r] y[r, c].
  void (*column_sums)(const Real* y, Index stride, Index rows, Index cols,
                      Real* sums) noexcept;
  // gram[i * lanes + j] += <g_i, g_j>, g_i = g + i * stride of `size`.
  void (*gramian_of_rows)(const Real* g, Index stride, Index lanes, Index size,
                          double* gram) noexcept;
  // out = sum over i of weight[i] g_i, i ascending.
  void (*combine_rows)(const Real* g, Index stride, Index lanes, Index size,
                       const double* weight, Real* out) noexcept;
};

struct Kernels : ProductKernels,
                 ActivationKernels,
                 VectorKernels,
                 SoftmaxKernels,
                 NormKernels,
                 OptimizerKernels,
                 ReduceKernels,
                 SparseKernels,
                 NumberKernels,
                 SequenceKernels {
  // "AVX512", "AVX2" or "BASE".
  const char* name = "";
  // Whether products are fused, so that bits agree with the other such levels.
  bool fused = false;
};

// The table in use: the best that the processor supports, or the one that
// MTLKIT_ISA names. Chosen at the first call; throws ErrorKind::kUsage for a
// name that is unknown, kUnavailable for a level this processor lacks. Any
// number of threads may call it.
const Kernels& ActiveKernels();

// All levels that this processor can run, best first; for tests.
std::span<const Kernels* const> SupportedKernels();

// The level called `name`, with the errors of ActiveKernels.
const Kernels& FindKernels(std::string_view name);

}  // namespace mtlkit
